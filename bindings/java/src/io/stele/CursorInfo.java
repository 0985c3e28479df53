package io.stele;

/**
 * What a cursor reads.
 *
 * @param tsn the commit that it reads as of
 * @param storeHead the position of the last event then, whether it matches or not: what a guard's
 *     `after` should be for a decision based on this read
 * @param lastReturned the position of the last event that the library has handed out, which is up
 *     to a batch further than the one looked at; 0 before the first
 */
public record CursorInfo(long tsn, long storeHead, long lastReturned) {}
