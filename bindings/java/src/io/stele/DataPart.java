package io.stele;

/**
 * A part of an event's data.
 *
 * @param bytes the part; empty at the end of the data and behind it
 * @param total the size of all data of the event
 */
public record DataPart(byte[] bytes, long total) {}
