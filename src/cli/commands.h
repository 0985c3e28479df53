// The commands of the program: each of these adds one to the command line, with its options and
// help, and stores in `action` what it does when it is the one that was given.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/options.h"

namespace stele::cli {

void add_create(CLI::App& app, Action& action);
void add_append(CLI::App& app, Action& action);
void add_read(CLI::App& app, Action& action);
void add_follow(CLI::App& app, Action& action);
void add_entity(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_terms(CLI::App& app, Action& action);
void add_tags(CLI::App& app, Action& action);
void add_table(CLI::App& app, Action& action);
void add_projection(CLI::App& app, Action& action);
void add_put(CLI::App& app, Action& action);
void add_get(CLI::App& app, Action& action);
void add_delete(CLI::App& app, Action& action);
void add_scan(CLI::App& app, Action& action);
void add_history(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_backup(CLI::App& app, Action& action);
void add_compact(CLI::App& app, Action& action);
void add_repair(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_receipt(CLI::App& app, Action& action);
void add_verify_receipt(CLI::App& app, Action& action);
void add_stats(CLI::App& app, Action& action);

}  // namespace stele::cli
