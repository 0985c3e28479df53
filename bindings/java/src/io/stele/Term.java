package io.stele;

/**
 * A term, and the events that have it.
 *
 * @param text the term
 * @param count how many events have it
 * @param firstPosition of the first of them ...
 * @param lastPosition ... and of the last
 */
public record Term(String text, long count, long firstPosition, long lastPosition) {}
