/**
 * Stele, an embedded event-sourcing database: the event store of Java programs, in their process.
 */
module io.stele {
  exports io.stele;
}
