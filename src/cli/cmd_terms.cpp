// stele terms, and stele tags: lists the types, tags, entities, categories or scopes there are.
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <memory>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/json_text.h"
#include "cli/output.h"
#include "cli/table.h"

namespace stele::cli {

namespace {

struct Kind {
  const char* name;
  stele_term_kind kind;
};

constexpr std::array<Kind, 5> kKinds = {{{"type", STELE_TERM_TYPE},
                                         {"tag", STELE_TERM_TAG},
                                         {"entity", STELE_TERM_ENTITY},
                                         {"category", STELE_TERM_CATEGORY},
                                         {"scope", STELE_TERM_SCOPE}}};

struct TermsOptions {
  std::string database;
  std::string kind = "tag";
  std::string prefix;
  std::string format = "table";
};

stele_term_kind kind_of(const std::string& name) {
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return kind.kind;
  }
  throw Failure(ExitStatus::kUsage,
                fmt::format("--kind: '{}' is none of type, tag, entity, category, scope", name));
}

Terms open_terms(const Database& database, stele_term_kind kind, const std::string& prefix) {
  stele_terms* terms = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_terms_open(database.get(), kind, prefix.data(), prefix.size(), &terms, &error),
        error);
  return Terms(terms);
}

bool next_term(const Terms& terms, stele_term& term) {
  term = {};
  term.struct_size = sizeof term;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_terms_next(terms.get(), &term, &error);
  if (status == STELE_END) return false;
  check(status, error);
  return true;
}

void print_json(const Terms& terms, const std::string& kind, Output& output) {
  stele_term term{};
  while (next_term(terms, term)) {
    std::string line = fmt::format("{{\"{}\":", kind);
    append_json_string(line, {term.text.data, term.text.size});
    fmt::format_to(std::back_inserter(line),
                   ",\"count\":{},\"first_position\":{},\"last_position\":{}}}\n", term.count,
                   term.first_position, term.last_position);
    output.write(line);
  }
}

void print_rows(const Terms& terms, const std::string& kind, Output& output) {
  std::string heading = kind;
  for (char& letter : heading) letter = static_cast<char>(letter - 'a' + 'A');
  Table table(output, {{"EVENTS", true}, {"FIRST", true}, {"LAST", true}, {heading}},
              output_columns());
  stele_term term{};
  while (next_term(terms, term)) {
    table.add({std::to_string(term.count), std::to_string(term.first_position),
               std::to_string(term.last_position), printable({term.text.data, term.text.size})});
  }
  table.flush();
}

void run(const TermsOptions& options) {
  const stele_term_kind kind = kind_of(options.kind);
  Database database(options.database, STELE_OPEN_READ_ONLY);
  {
    const Terms terms = open_terms(database, kind, options.prefix);
    Output output;
    if (options.format == "json") {
      print_json(terms, options.kind, output);
    } else {
      print_rows(terms, options.kind, output);
    }
    output.finish();
  }
  database.close();
}

void add_common(CLI::App& command, TermsOptions& options) {
  command.add_option("PREFIX", options.prefix, "Only those that begin with this");
  command.add_option("--as", options.format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
}

}  // namespace

void add_terms(CLI::App& app, Action& action) {
  CLI::App& command =
      *app.add_subcommand("terms", "List the types, tags, entities, categories or scopes");
  const auto options = std::make_shared<TermsOptions>();
  add_database(command, options->database);
  command.add_option("--kind", options->kind, "type, tag, entity, category or scope")->required();
  add_common(command, *options);
  command.footer(
      "Prints each with the number of its events and the positions of the first and the last of\n"
      "them, in bytewise order. A category is what stands before the first '.' of a type; types\n"
      "without a '.' are not listed as categories.\n\n"
      "Examples:\n"
      "  stele terms shop --kind type\n"
      "  stele terms shop --kind entity customer- --as json");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

void add_tags(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("tags", "List the tags: short for terms --kind tag");
  const auto options = std::make_shared<TermsOptions>();
  add_database(command, options->database);
  add_common(command, *options);
  command.footer(
      "Prints each with the number of its events and the positions of the first and the last of\n"
      "them, in bytewise order.\n\n"
      "Examples:\n"
      "  stele tags shop\n"
      "  stele tags shop book: --as json");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
