package io.stele;

/**
 * The stream of an entity.
 *
 * @param sequence of the newest event: the entity's version
 * @param firstPosition of the first event
 * @param lastPosition of the newest
 * @param hash 32 bytes, of the newest event: binds all before it of this entity
 */
public record StreamInfo(long sequence, long firstPosition, long lastPosition, byte[] hash) {}
