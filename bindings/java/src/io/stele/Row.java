package io.stele;

/**
 * A row that was read. Its bytes are its own.
 *
 * @param key its key
 * @param value what it holds
 * @param tsn the commit that wrote it: what {@link Batch#expectRow} asks for
 * @param position the event that it follows from: the last one of that commit, or before it
 */
public record Row(byte[] key, byte[] value, long tsn, long position) {}
