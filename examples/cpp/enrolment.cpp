// Course enrolment, where a rule spans several things at once: a course has a name of its own and a
// capacity, and a student takes two courses at most. No rule needs a lock or a table: a decision
// reads the events it depends on, and its commit is refused if another one has come meanwhile.
//   enrolment [DIRECTORY]    without one, the database is in memory
#include <iostream>
#include <stele/stele.hpp>
#include <string>
#include <thread>

namespace {

constexpr int kCoursesMax = 2;

// Defines a course unless there is one of this id or this name: a guard over all of the history.
void define(const stele::Database& db, const std::string& course, const std::string& name,
            int capacity) {
  const std::string id_tag = "course:" + course;
  const std::string name_tag = "name:" + name;
  stele::Batch batch = db.batch();
  batch.add({.type = "CourseDefined", .data = std::to_string(capacity), .tags = {id_tag, name_tag}})
      .guard({{.types = {"CourseDefined"}, .tags = {id_tag}},
              {.types = {"CourseDefined"}, .tags = {name_tag}}},
             0);
  const stele::Outcome outcome = db.commit(batch);
  std::cout << "course " << course << ", \"" << name << "\": ";
  if (outcome) {
    std::cout << "defined\n";
  } else {
    std::cout << "refused because of event " << outcome.position << '\n';
  }
}

// What a decision to enrol depends on.
struct State {
  int capacity = -1;  // -1: there is no such course.
  int students = 0;
  int courses = 0;
  bool enrolled = false;
};

// Reads everything of the course, and the student's enrolments, and binds the batch to it.
State decide(stele::Batch& batch, const std::string& course, const std::string& student) {
  State state;
  const stele::Query query({{.tags = {course}}, {.types = {"Enrolled"}, .tags = {student}}});
  for (const stele::Event& event : batch.decide(query)) {
    if (event.type() == "CourseDefined") {
      state.capacity = std::stoi(std::string(event.text()));
      continue;
    }
    const bool of_course = event.has_tag(course);
    const bool of_student = event.has_tag(student);
    state.students += of_course ? 1 : 0;
    state.courses += of_student ? 1 : 0;
    if (of_course && of_student) state.enrolled = true;
  }
  return state;
}

// Returns "enrolled" or why not.
std::string enrol(const stele::Database& db, const std::string& student_name,
                  const std::string& course_name) {
  const std::string course = "course:" + course_name;
  const std::string student = "student:" + student_name;
  for (stele::Batch batch = db.batch();; batch.clear()) {
    const State state = decide(batch, course, student);
    if (state.capacity < 0) return "no such course";
    if (state.enrolled) return "enrolled already";
    if (state.courses == kCoursesMax) return "no more than two courses";
    if (state.students >= state.capacity) return "full";
    batch.add({.type = "Enrolled", .tags = {course, student}});
    // A conflict: somebody was faster, and the decision has to be made anew.
    if (db.commit(batch)) return "enrolled";
  }
}

// What one of two threads does: tries to enrol four students.
void rush(const stele::Database& db, const std::string& prefix, int& enrolled) {
  for (int i = 0; i < 4; ++i) {
    if (enrol(db, prefix + std::to_string(i), "chess") == "enrolled") ++enrolled;
  }
}

void run(const char* path) {
  stele::Database db = stele::Database::open(path);
  define(db, "math", "Mathematics", 2);
  define(db, "arts", "Arts", 9);
  define(db, "sums", "Mathematics", 9);
  define(db, "chess", "Chess", 5);
  std::cout << "ada, math: " << enrol(db, "ada", "math") << '\n';
  std::cout << "ada, math: " << enrol(db, "ada", "math") << '\n';
  std::cout << "ada, arts: " << enrol(db, "ada", "arts") << '\n';
  std::cout << "ada, chess: " << enrol(db, "ada", "chess") << '\n';
  std::cout << "bob, math: " << enrol(db, "bob", "math") << '\n';
  std::cout << "cleo, math: " << enrol(db, "cleo", "math") << '\n';
  std::cout << "cleo, golf: " << enrol(db, "cleo", "golf") << '\n';

  int left = 0;
  int right = 0;
  std::thread first([&] { rush(db, "left-", left); });
  std::thread second([&] { rush(db, "right-", right); });
  first.join();
  second.join();
  std::cout << "two threads, eight students, five seats: " << left + right << " enrolled, "
            << 8 - left - right << " refused\n";
  db.close();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : ":memory:");
  } catch (const stele::Error& error) {
    std::cerr << error.name() << ": " << error.what() << '\n';
    return 1;
  }
}
