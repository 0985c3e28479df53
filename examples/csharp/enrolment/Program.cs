// Course enrolment, where a rule spans several things at once: a course has a name of its own and a
// capacity, and a student takes two courses at most. No rule needs a lock or a table: a decision
// reads the events it depends on, and its commit is refused if another one has come meanwhile.
//   enrolment [DIRECTORY]    without one, the database is in memory
using Stele;

const int CoursesMax = 2;

using SteleDb db = args.Length > 0 ? SteleDb.Open(args[0]) : SteleDb.OpenInMemory();
Define("math", "Mathematics", 2);
Define("arts", "Arts", 9);
Define("sums", "Mathematics", 9);
Define("chess", "Chess", 5);
Tell("ada", "math");
Tell("ada", "math");
Tell("ada", "arts");
Tell("ada", "chess");
Tell("bob", "math");
Tell("cleo", "math");
Tell("cleo", "golf");
int[] enrolled = await Task.WhenAll(Task.Run(() => Rush("left-")), Task.Run(() => Rush("right-")));
Console.WriteLine(
    $"two threads, eight students, five seats: {enrolled.Sum()} enrolled, {8 - enrolled.Sum()} refused");

// Defines a course unless there is one of this id or this name: a guard over all of the history.
void Define(string course, string name, int capacity)
{
    Query taken = Query.All.Type("CourseDefined").Tag("course:" + course)
        .Or().Type("CourseDefined").Tag("name:" + name);
    NewEvent defined = new NewEvent("CourseDefined")
    {
        Tags = { "course:" + course, "name:" + name },
        Text = capacity.ToString(),
    };
    using Batch batch = db.NewBatch().Add(defined).Guard(taken, 0);
    CommitOutcome outcome = batch.Commit();
    Console.WriteLine($"course {course}, \"{name}\": " +
        (outcome.IsCommitted ? "defined" : $"refused because of event {outcome.Position}"));
}

void Tell(string student, string course)
{
    Console.WriteLine($"{student}, {course}: {Enrol(student, course)}");
}

// Returns "enrolled" or why not.
string Enrol(string studentName, string courseName)
{
    string course = "course:" + courseName;
    string student = "student:" + studentName;
    using Batch batch = db.NewBatch();
    for (;; batch.Clear())
    {
        State now = Decide(batch, course, student);
        if (now.Capacity == null) return "no such course";
        if (now.Enrolled) return "enrolled already";
        if (now.Courses == CoursesMax) return "no more than two courses";
        if (now.Students >= now.Capacity) return "full";
        batch.Add(new NewEvent("Enrolled") { Tags = { course, student } });
        // A conflict: somebody was faster, and the decision has to be made anew.
        if (batch.Commit().IsCommitted) return "enrolled";
    }
}

// Reads everything of the course, and the student's enrolments, and binds the batch to it.
State Decide(Batch batch, string course, string student)
{
    State state = new State();
    foreach (Event read in batch.Decide(Query.All.Tag(course).Or().Type("Enrolled").Tag(student)))
    {
        if (read.Type == "CourseDefined")
        {
            state.Capacity = int.Parse(read.Text);
            continue;
        }
        bool ofCourse = read.HasTag(course);
        bool ofStudent = read.HasTag(student);
        if (ofCourse) ++state.Students;
        if (ofStudent) ++state.Courses;
        if (ofCourse && ofStudent) state.Enrolled = true;
    }
    return state;
}

// What one of two threads does: tries to enrol four students. Returns how many it could.
int Rush(string prefix)
{
    return Enumerable.Range(0, 4).Count(i => Enrol(prefix + i, "chess") == "enrolled");
}

// What a decision depends on.
class State
{
    public int? Capacity;  // Null: there is no such course.
    public int Students;
    public int Courses;
    public bool Enrolled;
}
