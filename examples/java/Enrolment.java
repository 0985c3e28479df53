import io.stele.Batch;
import io.stele.CommitResult;
import io.stele.Cursor;
import io.stele.EventView;
import io.stele.Guard;
import io.stele.NewEvent;
import io.stele.Query;
import io.stele.Stele;
import java.util.concurrent.CompletableFuture;

/**
 * Course enrolment, where a rule spans several things at once: a course has a name of its own and a
 * capacity, and a student takes two courses at most. No rule needs a lock or a table: a decision
 * reads the events it depends on, and its commit is refused if another one has come meanwhile.
 *
 * <pre>Enrolment [DIRECTORY]    without one, the database is in memory</pre>
 */
public final class Enrolment {
  private static final int COURSES_MAX = 2;

  private Enrolment() {}

  /** Defines a course unless there is one of this id or this name, in all of the history. */
  private static void define(Stele db, String course, String name, int capacity) {
    String idTag = "course:" + course;
    String nameTag = "name:" + name;
    Query taken = Query.type("CourseDefined").tag(idTag)
        .or().type("CourseDefined").tag(nameTag).build();
    NewEvent defined = NewEvent.of("CourseDefined").tag(idTag).tag(nameTag)
        .data(Integer.toString(capacity)).build();
    CommitResult result = db.append(defined, Guard.none(taken));
    System.out.println("course " + course + ", \"" + name + "\": "
        + (result instanceof CommitResult.Conflict conflict
            ? "refused because of event " + conflict.position() : "defined"));
  }

  /** What a decision to enrol depends on. */
  private static final class State {
    int capacity = -1;  // There is no such course.
    int students;
    int courses;
    boolean isEnrolled;

    void apply(EventView event, String course, String student) {
      if (event.type().equals("CourseDefined")) {
        capacity = Integer.parseInt(event.text());
        return;
      }
      boolean isOfCourse = event.hasTag(course);
      boolean isOfStudent = event.hasTag(student);
      if (isOfCourse) ++students;
      if (isOfStudent) ++courses;
      isEnrolled |= isOfCourse && isOfStudent;
    }
  }

  /** Reads everything of the course, and the student's enrolments, and binds the batch to it. */
  private static State decide(Batch batch, String course, String student) {
    State state = new State();
    Query query = Query.tag(course).or().type("Enrolled").tag(student).build();
    try (Cursor history = batch.decide(query)) {
      for (EventView event : history) state.apply(event, course, student);
    }
    return state;
  }

  /** Returns "enrolled" or why not. */
  private static String enrol(Stele db, String studentName, String courseName) {
    String course = "course:" + courseName;
    String student = "student:" + studentName;
    try (Batch batch = db.batch()) {
      for (;;) {
        State state = decide(batch, course, student);
        if (state.capacity < 0) return "no such course";
        if (state.isEnrolled) return "enrolled already";
        if (state.courses == COURSES_MAX) return "no more than two courses";
        if (state.students >= state.capacity) return "full";
        batch.add(NewEvent.of("Enrolled").tag(course).tag(student).build());
        if (batch.commit().isCommitted()) return "enrolled";
        // A conflict: somebody was faster, and the decision has to be made anew.
        batch.clear();
      }
    }
  }

  /** What one of two threads does: tries to enrol four students. Returns how many it could. */
  private static int rush(Stele db, String prefix) {
    int enrolled = 0;
    for (int i = 0; i < 4; ++i) {
      if (enrol(db, prefix + i, "chess").equals("enrolled")) ++enrolled;
    }
    return enrolled;
  }

  public static void main(String[] arguments) {
    try (Stele db = Stele.open(arguments.length > 0 ? arguments[0] : ":memory:")) {
      define(db, "math", "Mathematics", 2);
      define(db, "arts", "Arts", 9);
      define(db, "sums", "Mathematics", 9);
      define(db, "chess", "Chess", 5);
      System.out.println("ada, math: " + enrol(db, "ada", "math"));
      System.out.println("ada, math: " + enrol(db, "ada", "math"));
      System.out.println("ada, arts: " + enrol(db, "ada", "arts"));
      System.out.println("ada, chess: " + enrol(db, "ada", "chess"));
      System.out.println("bob, math: " + enrol(db, "bob", "math"));
      System.out.println("cleo, math: " + enrol(db, "cleo", "math"));
      System.out.println("cleo, golf: " + enrol(db, "cleo", "golf"));

      CompletableFuture<Integer> left = CompletableFuture.supplyAsync(() -> rush(db, "left-"));
      int enrolled = rush(db, "right-") + left.join();
      System.out.println("two threads, eight students, five seats: " + enrolled + " enrolled, "
          + (8 - enrolled) + " refused");
    }
  }
}
