// Building queries field by field, whoever names the fields: a caller or its bytes.
#include "events/query_code.h"

#include <algorithm>

#include "base/text.h"
#include "events/new_event.h"
#include "events/record.h"

namespace stele::events {

namespace {

constexpr size_t kHeaderSize = 8;
constexpr size_t kFieldHeaderSize = 4;
constexpr size_t kRangeSize = 16;

struct TextField {
  FieldKind kind;
  const char* name;
  std::vector<std::string> QueryItem::* values;
};
constexpr TextField kTextFields[] = {
    {FieldKind::kType, "the event type", &QueryItem::types},
    {FieldKind::kTag, "a tag", &QueryItem::tags},
    {FieldKind::kEntity, "the entity", &QueryItem::entities},
    {FieldKind::kCategory, "the category", &QueryItem::categories},
    {FieldKind::kScope, "the scope", &QueryItem::scopes},
    {FieldKind::kEntityPrefix, "the entity prefix", &QueryItem::prefixes},
};

struct IdField {
  FieldKind kind;
  const char* name;
  std::vector<Uuid> QueryItem::* values;
};
constexpr IdField kIdFields[] = {
    {FieldKind::kCorrelation, "correlation ids", &QueryItem::correlations},
    {FieldKind::kCausation, "causation ids", &QueryItem::causations},
};

Status check_count(size_t count, const char* what) {
  if (count < kFieldValuesMax) return {};
  return fail(Code::kTooLarge, cat("query: an item names at most ", kFieldValuesMax,
                                   " values for a field, ", what, " has more"));
}

Result<QueryItem*> last_item(Query& query) {
  if (query.items.empty()) STELE_TRY(add_item(query));
  return &query.items.back();
}

template <typename T>
Status check_range(const HalfOpen<T>& range, const char* what) {
  if (range.from <= range.to) return {};
  return fail(Code::kInvalid, cat("query: the ", what, " range ends at ", range.to,
                                  ", before its start ", range.from));
}

}  // namespace

Status add_item(Query& query) {
  if (query.items.size() == kQueryItemsMax) {
    return fail(Code::kTooLarge, cat("query: at most ", kQueryItemsMax, " items are allowed"));
  }
  query.items.emplace_back();
  return {};
}

Status add_text(Query& query, FieldKind kind, std::string_view text) {
  const auto* field = std::ranges::find(kTextFields, kind, &TextField::kind);
  if (field == std::end(kTextFields)) return fail(Code::kInvalid, "query: no field of text");
  if (auto status = check_name(field->name, text, kTermSizeMax); !status) {
    // A query cannot be too large for a term that no event can have; it is just wrong.
    return fail(Code::kInvalid, cat("query: ", status.error().message()));
  }
  const auto item = last_item(query);
  if (!item) return fail(item.error());
  std::vector<std::string>& values = (*item)->*(field->values);
  STELE_TRY(check_count(values.size(), field->name));
  values.emplace_back(text);
  return {};
}

Status add_id(Query& query, FieldKind kind, const uint8_t* id) {
  const auto* field = std::ranges::find(kIdFields, kind, &IdField::kind);
  if (field == std::end(kIdFields)) return fail(Code::kInvalid, "query: no field of ids");
  const auto item = last_item(query);
  if (!item) return fail(item.error());
  std::vector<Uuid>& values = (*item)->*(field->values);
  STELE_TRY(check_count(values.size(), field->name));
  std::copy_n(id, kIdSize, values.emplace_back().begin());
  return {};
}

Status set_time(Query& query, const HalfOpen<int64_t>& range) {
  STELE_TRY(check_range(range, "time"));
  const auto item = last_item(query);
  if (!item) return fail(item.error());
  (*item)->time = range;
  return {};
}

Status set_positions(Query& query, const HalfOpen<uint64_t>& range) {
  STELE_TRY(check_range(range, "position"));
  const auto item = last_item(query);
  if (!item) return fail(item.error());
  (*item)->positions = range;
  return {};
}

namespace {

// Appends fields, and counts those of an item.
class Encoder {
 public:
  void number(uint32_t value) {
    bytes_.resize(bytes_.size() + sizeof value);
    store_le(bytes_.data() + bytes_.size() - sizeof value, value);
  }
  void field(FieldKind kind, ByteView value) {
    const size_t at = bytes_.size();
    bytes_.resize(at + kFieldHeaderSize);
    store_le(bytes_.data() + at, static_cast<uint16_t>(kind));
    store_le(bytes_.data() + at + 2, static_cast<uint16_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    ++fields_;
  }
  template <typename T>
  void range(FieldKind kind, const std::optional<HalfOpen<T>>& range) {
    if (!range) return;
    std::array<uint8_t, kRangeSize> value;
    store_le(value.data(), range->from);
    store_le(value.data() + 8, range->to);
    field(kind, value);
  }
  void item(const QueryItem& item) {
    const size_t at = bytes_.size();
    number(0);
    fields_ = 0;
    for (const TextField& text : kTextFields) {
      for (const std::string& value : item.*(text.values)) field(text.kind, as_bytes(value));
    }
    for (const IdField& id : kIdFields) {
      for (const Uuid& value : item.*(id.values)) field(id.kind, value);
    }
    range(FieldKind::kTime, item.time);
    range(FieldKind::kPositions, item.positions);
    store_le(bytes_.data() + at, fields_);
  }
  [[nodiscard]] std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
  uint32_t fields_ = 0;
};

// Reads a query from its start; at() says where it is.
class Decoder {
 public:
  explicit Decoder(ByteView bytes) : bytes_(bytes) {}

  Result<Query> query() {
    Query query;
    STELE_TRY(need(kHeaderSize, "the query"));
    if (bytes_[0] != kQueryVersion) {
      return fail(bytes_[0] > kQueryVersion ? Code::kUnsupported : Code::kInvalid,
                  cat("query: version ", bytes_[0], " is not known"));
    }
    if (!is_zero(bytes_.subspan(1, 3))) {
      return fail(Code::kInvalid, "query: its header has bytes that should be zero");
    }
    auto items = load_le<uint32_t>(bytes_.data() + 4);
    at_ = kHeaderSize;
    for (; items > 0; --items) STELE_TRY(item(query));
    if (at_ != bytes_.size()) return fail(Code::kInvalid, "query: bytes behind its last item");
    return query;
  }
  [[nodiscard]] size_t at() const { return at_; }

 private:
  Status need(size_t size, const char* what) const {
    if (bytes_.size() - at_ >= size) return {};
    return fail(Code::kInvalid, cat("query: the bytes end within ", what));
  }

  Status item(Query& query) {
    STELE_TRY(need(sizeof(uint32_t), "an item"));
    auto fields = load_le<uint32_t>(bytes_.data() + at_);
    STELE_TRY(add_item(query));
    at_ += sizeof(uint32_t);
    for (; fields > 0; --fields) STELE_TRY(field(query));
    return {};
  }

  Status field(Query& query) {
    STELE_TRY(need(kFieldHeaderSize, "a field"));
    const auto kind = static_cast<FieldKind>(load_le<uint16_t>(bytes_.data() + at_));
    const size_t size = load_le<uint16_t>(bytes_.data() + at_ + 2);
    STELE_TRY(need(kFieldHeaderSize + size, "a field"));
    STELE_TRY(add(query, kind, bytes_.subspan(at_ + kFieldHeaderSize, size)));
    at_ += kFieldHeaderSize + size;
    return {};
  }

  static Status add(Query& query, FieldKind kind, ByteView value) {
    const auto has_size = [&](size_t size) -> Status {
      if (value.size() == size) return {};
      return fail(Code::kInvalid, cat("query: field ", static_cast<int>(kind), " has ",
                                      value.size(), " bytes, not ", size));
    };
    switch (kind) {
      case FieldKind::kCorrelation:
      case FieldKind::kCausation:
        STELE_TRY(has_size(kIdSize));
        return add_id(query, kind, value.data());
      case FieldKind::kTime:
        STELE_TRY(has_size(kRangeSize));
        return set_time(query, {load_le<int64_t>(value.data()), load_le<int64_t>(&value[8])});
      case FieldKind::kPositions:
        STELE_TRY(has_size(kRangeSize));
        return set_positions(query,
                             {load_le<uint64_t>(value.data()), load_le<uint64_t>(&value[8])});
      case FieldKind::kType:
      case FieldKind::kTag:
      case FieldKind::kEntity:
      case FieldKind::kCategory:
      case FieldKind::kScope:
      case FieldKind::kEntityPrefix:
        return add_text(query, kind, as_text(value));
    }
    return fail(Code::kInvalid, cat("query: field ", static_cast<int>(kind), " is not known"));
  }

  ByteView bytes_;
  size_t at_ = 0;
};

}  // namespace

std::vector<uint8_t> encode_query(const Query& query) {
  Encoder encoder;
  encoder.number(kQueryVersion);
  encoder.number(static_cast<uint32_t>(query.items.size()));
  for (const QueryItem& item : query.items) encoder.item(item);
  return encoder.take();
}

Result<Query> decode_query(ByteView bytes) {
  Decoder decoder(bytes);
  auto query = decoder.query();
  if (!query) return fail(std::move(query).error().with_offset(decoder.at()));
  return query;
}

}  // namespace stele::events
