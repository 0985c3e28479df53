/**
 * The event store of Java programs, in their own process: a directory is a database, events are
 * appended to it in batches, and a batch may carry guards, conditions that must hold at the moment
 * of its commit ("nobody has reserved this seat meanwhile").
 *
 * <pre>{@code
 * try (Stele shop = Stele.open("shop")) {
 *   shop.append(NewEvent.of("BookSold").tag("book:dune").data("{\"price\": 12}").build());
 *   shop.read(Query.tag("book:dune").build())
 *       .forEach(sale -> System.out.println(sale.position() + " " + sale.text()));
 * }
 * }</pre>
 *
 * <dl>
 *   <dt>Results and errors
 *   <dd>What a correct program expects is a value: a commit returns a
 *       {@link io.stele.CommitResult}, what may not be there is Optional. Errors are thrown, as
 *       {@link io.stele.SteleException}. Null is NullPointerException.
 *   <dt>Closing
 *   <dd>Databases, batches, cursors, streams, subscriptions, tables, scans, transactions,
 *       projections and {@link io.stele.Work} are to be closed, in any order; twice is as good as
 *       once. What is dropped is closed after it was collected, some day. Using what is closed is an error, never a crash.
 *   <dt>Threads
 *   <dd>A {@link io.stele.Stele} and a {@link io.stele.Table} may be used by any number of threads at once, and so may
 *       everything that cannot be changed. Other objects belong to one thread at a time, but may be
 *       closed by any. Virtual threads hold their carrier during a call.
 *   <dt>Numbers and times
 *   <dd>Positions are 1, 2, 3 ... without gaps, below 2^63. Times have microseconds.
 *   <dt>The native library
 *   <dd>It is in the jar, for Linux. It is looked for in the directory that the system property
 *       <code>stele.library.path</code> names, along <code>java.library.path</code>, and last in
 *       the jar: then it is copied into a private directory below <code>stele.tmpdir</code>, else
 *       <code>java.io.tmpdir</code>, and the copy is removed at once. Newer virtual machines want
 *       <code>--enable-native-access=io.stele</code>, or ALL-UNNAMED for the class path.
 * </dl>
 */
package io.stele;
