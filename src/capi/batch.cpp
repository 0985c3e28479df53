// stele_batch: events, guards, tracking, and the commit.
#include "capi/boundary.h"

using stele::Status;
using stele::capi::BatchObject;
using stele::capi::bytes_of;
using stele::capi::check_pointer;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::text_of;

namespace stele::capi {

namespace {

// Makes views of the arrays of a new event.
Status read_lists(const stele_new_event& input, events::NewEvent& event) {
  if (input.tag_count > events::kTagCountMax) {
    return fail(Code::kTooLarge, cat("append: the event has ", input.tag_count, " tags, at most ",
                                     events::kTagCountMax, " are allowed"));
  }
  if (input.metadata_count > events::kMetadataCountMax) {
    return fail(Code::kTooLarge,
                cat("append: the event has ", input.metadata_count, " metadata pairs, at most ",
                    events::kMetadataCountMax, " are allowed"));
  }
  if (input.tag_count > 0) STELE_TRY(check_pointer(input.tags, "tags"));
  if (input.metadata_count > 0) STELE_TRY(check_pointer(input.metadata, "metadata"));
  for (size_t i = 0; i < input.tag_count; ++i) {
    const auto tag = text_of(input.tags[i], "a tag");
    if (!tag) return fail(tag.error());
    event.tags.push_back(*tag);
  }
  for (size_t i = 0; i < input.metadata_count; ++i) {
    const auto key = text_of(input.metadata[i].key, "a metadata key");
    if (!key) return fail(key.error());
    const auto value =
        bytes_of(input.metadata[i].value.data, input.metadata[i].value.size, "a metadata value");
    if (!value) return fail(value.error());
    event.metadata.push_back({*key, *value});
  }
  return {};
}

Status add_event(db::Batch& batch, const stele_new_event* given) {
  const auto input = read_struct(given, "input");
  if (!input) return fail(input.error());
  const auto type = text_of(input->event_type, "event_type");
  if (!type) return fail(type.error());
  const auto entity = text_of(input->entity, "entity");
  if (!entity) return fail(entity.error());
  const auto scope = text_of(input->scope, "scope");
  if (!scope) return fail(scope.error());
  const auto data = bytes_of(input->data.data, input->data.size, "data");
  if (!data) return fail(data.error());
  events::NewEvent event = {.type = *type,
                            .entity = *entity,
                            .scope = *scope,
                            .data = *data,
                            .tags = {},
                            .metadata = {},
                            .id = input->id,
                            .correlation_id = input->correlation_id,
                            .causation_id = input->causation_id,
                            .has_time = input->has_time != 0,
                            .time = input->time};
  STELE_TRY(read_lists(*input, event));
  return batch.add_event(event);
}

// Commits the batch, or says what a commit would answer.
Status commit(stele_db* db, stele_batch* batch, stele_commit_result* result, bool check_only) {
  if (result != nullptr) STELE_TRY(check_out_struct(result, "result"));
  const auto database = pin<DatabaseObject>(db, "db");
  if (!database) return fail(database.error());
  const auto object = whole_batch(batch);
  if (!object) return fail(object.error());
  if ((*object)->batch.database() != (*database)->database) {
    return fail(Code::kInvalid, "commit: the batch was created for another database");
  }
  const auto committed = check_only ? (*object)->batch.check() : (*object)->batch.commit();
  if (!committed) return fail(committed.error());
  write_result(*committed, result);
  return {};
}

}  // namespace

Result<Pinned<BatchObject>> usable_batch(stele_batch* batch) {
  auto object = pin<BatchObject>(batch, "batch");
  if (!object) return object;
  STELE_TRY(check_usable((*object)->database_of()));
  return object;
}

Result<Pinned<BatchObject>> whole_batch(stele_batch* batch) {
  auto object = usable_batch(batch);
  if (!object || !(*object)->of_transaction) return object;
  return fail(Code::kInvalid, "the batch belongs to a transaction, which alone commits or ends it");
}

void write_result(const engine::Committed& committed, stele_commit_result* to) {
  if (to == nullptr) return;
  stele_commit_result filled = {};
  filled.event_count = committed.event_count;
  filled.tsn = committed.tsn;
  if (committed.event_count > 0 && committed.tsn > 0) {
    filled.first_position = committed.first_position;
    filled.last_position = committed.last_position();
  }
  filled.recorded = committed.recorded;
  filled.repeated = committed.repeated ? 1 : 0;
  write_struct(filled, to);
}

Result<engine::Durability> durability_of(int32_t number, engine::Durability otherwise) {
  switch (number) {
    case STELE_DURABILITY_DEFAULT:
      return otherwise;
    case STELE_DURABILITY_OS:
      return engine::Durability::kOs;
    case STELE_DURABILITY_INTERVAL:
      return engine::Durability::kInterval;
    case STELE_DURABILITY_SYNC:
      return engine::Durability::kSync;
    default:
      return fail(Code::kInvalid, cat("durability ", number, " is unknown"));
  }
}

}  // namespace stele::capi

extern "C" {

stele_status stele_batch_create(stele_db* db, stele_batch** batch, stele_error* error) {
  return guarded("batch", error, [&]() -> Status {
    STELE_TRY(check_pointer(batch, "batch"));
    *batch = nullptr;
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    stele::capi::publish(std::make_unique<BatchObject>((*object)->database), batch);
    return {};
  });
}

stele_status stele_batch_event(stele_batch* batch, const stele_new_event* input,
                               stele_error* error) {
  return guarded("append", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    return stele::capi::add_event((*object)->batch, input);
  });
}

stele_status stele_batch_events(stele_batch* batch, const uint8_t* data, size_t size,
                                stele_error* error) {
  return guarded("append", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto bytes = bytes_of(data, size, "data");
    if (!bytes) return fail(bytes.error());
    return (*object)->batch.add_records(*bytes);
  });
}

stele_status stele_batch_guard(stele_batch* batch, const stele_query* query, uint64_t after,
                               stele_error* error) {
  return guarded("guard", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto what = stele::capi::query_of(query);
    if (!what) return fail(what.error());
    return (*object)->batch.add_guard(*what, after);
  });
}

stele_status stele_batch_expect(stele_batch* batch, const char* entity, size_t entity_size,
                                uint64_t sequence, stele_error* error) {
  return guarded("expect", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto name = text_of(entity, entity_size, "entity");
    if (!name) return fail(name.error());
    return (*object)->batch.add_expectation(*name, sequence);
  });
}

stele_status stele_batch_track(stele_batch* batch, const char* source, size_t source_size,
                               uint64_t previous, uint64_t position, stele_error* error) {
  return guarded("track", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto name = text_of(source, source_size, "source");
    if (!name) return fail(name.error());
    return (*object)->batch.add_tracking(
        {.source = std::string(*name), .previous = previous, .position = position});
  });
}

stele_status stele_batch_key(stele_batch* batch, const char* key, size_t key_size,
                             stele_error* error) {
  return guarded("key", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto text = text_of(key, key_size, "key");
    if (!text) return fail(text.error());
    return (*object)->batch.set_key(*text);
  });
}

stele_status stele_batch_durability(stele_batch* batch, int32_t durability, stele_error* error) {
  return guarded("durability", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto level = stele::capi::durability_of(durability, stele::engine::Durability::kOs);
    if (!level) return fail(level.error());
    (*object)->batch.set_durability(*level);
    return {};
  });
}

stele_status stele_batch_clear(stele_batch* batch, stele_error* error) {
  return guarded("clear", error, [&]() -> Status {
    const auto object = stele::capi::whole_batch(batch);
    if (!object) return fail(object.error());
    (*object)->batch.clear();
    return {};
  });
}

void stele_batch_close(stele_batch* batch) {
  HandleTable::instance().close(batch, BatchObject::kKind);
}

stele_status stele_commit(stele_db* db, stele_batch* batch, stele_commit_result* result,
                          stele_error* error) {
  return guarded("commit", error, [&] { return stele::capi::commit(db, batch, result, false); });
}

stele_status stele_commit_check(stele_db* db, stele_batch* batch, stele_commit_result* result,
                                stele_error* error) {
  return guarded("commit", error, [&] { return stele::capi::commit(db, batch, result, true); });
}

}  // extern "C"
