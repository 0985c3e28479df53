package io.stele;

import java.time.Instant;
import java.util.UUID;

/**
 * What a receipt says.
 *
 * @param database the uuid of the database
 * @param tsn the commit
 * @param position the event
 * @param recorded when it was committed
 * @param eventHash 32 bytes that bind the event, and those of its entity before it
 * @param chainedRoot 32 bytes that bind the commit, and all before it
 */
public record ReceiptInfo(UUID database, long tsn, long position, Instant recorded,
    byte[] eventHash, byte[] chainedRoot) {}
