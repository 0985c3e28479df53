package io.stele;

/** What terms there are. */
public enum TermKind {
  /** Types of events. */
  TYPE(1),
  /** Tags. */
  TAG(2),
  /** Entities. */
  ENTITY(3),
  /** Categories: of types with a '.', what stands before the first one. */
  CATEGORY(4),
  /** Scopes. */
  SCOPE(5);

  final int code;

  TermKind(int code) {
    this.code = code;
  }
}
