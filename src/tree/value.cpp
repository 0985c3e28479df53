// Writing, finding and reading the pieces of large values.
#include "tree/value.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/checksum.h"
#include "tree/damage.h"
#include "tree/ref.h"

namespace stele::tree {

namespace {

// So that offsets in it can be added up.
constexpr uint64_t kValueSizeMax = uint64_t{1} << 62;

struct Descriptor {
  uint64_t size = 0;
  uint64_t generation = 0;
  uint64_t tag = 0;
  ByteView extents = {};    // Those in the descriptor; none: they are in pages.
  page::PageRef last = {};  // The last of these.
};

std::unexpected<Error> damaged_value(const page::PageFile& file, const std::string& reason) {
  return corruption(file.path(), 0, cat("the descriptor of a value: ", reason));
}

Result<Descriptor> decode(const page::PageFile& file, ByteView bytes) {
  if (bytes.size() < kDescriptorHeaderSize) return damaged_value(file, "too short");
  const uint64_t count = load_le<uint32_t>(bytes.data() + kDescriptorCountOffset);
  Descriptor descriptor = {
      .size = load_le<uint64_t>(bytes.data() + kDescriptorSizeOffset),
      .generation = load_le<uint64_t>(bytes.data() + kDescriptorGenerationOffset),
      .tag = load_le<uint64_t>(bytes.data() + kDescriptorTagOffset)};
  if (descriptor.size > kValueSizeMax) return damaged_value(file, "larger than any value");
  const ByteView rest = bytes.subspan(kDescriptorHeaderSize);
  if (rest.size() != (count == 0 ? kRefSize : count * kExtentSize)) {
    return damaged_value(file, "its size does not fit its extents");
  }
  if (count == 0) {
    descriptor.last = load_ref(rest.data());
    if (!descriptor.last) return damaged_value(file, "no extents");
  } else {
    descriptor.extents = rest;
  }
  return descriptor;
}

ValueRun load_extent(const uint8_t* from, uint64_t piece) {
  return {.piece = piece,
          .page = load_le<uint64_t>(from + kExtentFirstOffset),
          .count = load_le<uint32_t>(from + kExtentCountOffset)};
}

// How many pages there can be at most: a limit for numbers that somebody forged.
uint64_t pages_max(const page::PageFile& file) {
  return file.stats().file_bytes / file.page_size();
}

// What visit_value() is in the middle of.
struct Visit {
  const page::PageFile& file;
  uint64_t first;
  uint64_t last;
  const ValueVisitor& visitor;
};

// Goes through extents that begin with `piece` and must end before `end`.
Status visit_extents(const Visit& visit, ByteView extents, uint64_t piece, uint64_t end) {
  const uint64_t limit = pages_max(visit.file);
  const uint64_t first = page::first_page(visit.file.page_size());
  for (; !extents.empty(); extents = extents.subspan(kExtentSize)) {
    ValueRun run = load_extent(extents.data(), piece);
    if (run.page < first || run.count == 0 || run.count > limit || run.page > limit - run.count) {
      return damaged_value(visit.file, "an extent of pages that are not there");
    }
    if (run.count > end - piece) return damaged_value(visit.file, "more pieces than it has");
    piece += run.count;
    const uint64_t from = std::max(run.piece, visit.first);
    const uint64_t to = std::min(piece, visit.last);
    if (from >= to) continue;
    run = {.piece = from, .page = run.page + (from - run.piece), .count = to - from};
    STELE_TRY(visit.visitor.visit_run(run));
  }
  return piece == end ? Status() : damaged_value(visit.file, "fewer pieces than it has");
}

// Goes back through the extents pages until the first wanted piece.
Status visit_pages(const Visit& visit, const Descriptor& descriptor, uint64_t end) {
  for (page::PageRef at = descriptor.last; at;) {
    const auto pin = visit.file.read(at);
    if (!pin) return fail(pin.error());
    const uint8_t* const bytes = pin->bytes();
    const size_t count = pin->header().count();
    const auto first_piece = load_le<uint64_t>(bytes + kExtentsFirstPieceOffset);
    if (pin->header().type() != page::PageType::kExtents ||
        load_le<uint64_t>(bytes + kExtentsTagOffset) != descriptor.tag) {
      return damaged(visit.file, at.number, "not an extents page of this value");
    }
    if (count == 0 || count > page_extents_max(visit.file.page_size()) || first_piece >= end) {
      return damaged(visit.file, at.number, "extents that do not fit the value's others");
    }
    if (visit.visitor.visit_list) STELE_TRY(visit.visitor.visit_list(at.number));
    const ByteView extents = {bytes + kExtentsHeaderSize, count * kExtentSize};
    STELE_TRY(visit_extents(visit, extents, first_piece, end));
    end = first_piece;
    at = load_ref(bytes + kExtentsPreviousOffset);
    if (at && end == 0) return damaged(visit.file, at.number, "extents before the first piece");
    if (end <= visit.first) return {};
  }
  return end == 0 ? Status() : damaged_value(visit.file, "its first extents are missing");
}

// Where the pieces of one value went, while it is being written.
class ExtentList {
 public:
  ExtentList(page::PageWriter& writer, uint64_t tag) : writer_(writer), tag_(tag) {}

  Status add(uint64_t number) {
    if (!runs_.empty() && runs_.back().page + runs_.back().count == number &&
        runs_.back().count < UINT32_MAX) {
      ++runs_.back().count;
    } else {
      if (runs_.size() == page_extents_max(page_size())) STELE_TRY(write_page());
      runs_.push_back({.piece = pieces_, .page = number, .count = 1});
    }
    ++pieces_;
    return {};
  }

  Result<std::vector<uint8_t>> finish(uint64_t size) {
    if (last_ || runs_.size() > descriptor_extents_max(page_size())) STELE_TRY(write_page());
    const size_t rest = last_ ? kRefSize : runs_.size() * kExtentSize;
    std::vector<uint8_t> bytes(kDescriptorHeaderSize + rest);
    store_le(bytes.data() + kDescriptorSizeOffset, size);
    store_le(bytes.data() + kDescriptorGenerationOffset, writer_.generation());
    store_le(bytes.data() + kDescriptorTagOffset, tag_);
    store_le(bytes.data() + kDescriptorCountOffset, static_cast<uint32_t>(runs_.size()));
    if (last_) {
      store_ref(bytes.data() + kDescriptorHeaderSize, last_);
    } else {
      store_runs(bytes.data() + kDescriptorHeaderSize);
    }
    return bytes;
  }

 private:
  [[nodiscard]] uint32_t page_size() const { return writer_.file().page_size(); }

  void store_runs(uint8_t* to) const {
    for (const ValueRun& run : runs_) {
      store_le(to + kExtentFirstOffset, run.page);
      store_le(to + kExtentCountOffset, static_cast<uint32_t>(run.count));
      to += kExtentSize;
    }
  }

  // Writes the runs there are and forgets them.
  Status write_page() {
    std::vector<uint8_t> page(page_size());
    page[page::kPageTypeOffset] = static_cast<uint8_t>(page::PageType::kExtents);
    store_le(page.data() + page::kPageCountOffset, static_cast<uint16_t>(runs_.size()));
    store_ref(page.data() + kExtentsPreviousOffset, last_);
    store_le(page.data() + kExtentsFirstPieceOffset, runs_.front().piece);
    store_le(page.data() + kExtentsTagOffset, tag_);
    store_runs(page.data() + kExtentsHeaderSize);
    const auto written = writer_.write(page);
    if (!written) return fail(written.error());
    last_ = *written;
    runs_.clear();
    return {};
  }

  page::PageWriter& writer_;
  uint64_t tag_;
  uint64_t pieces_ = 0;
  std::vector<ValueRun> runs_;  // Those that are not in pages yet.
  page::PageRef last_;          // The newest extents page.
};

}  // namespace

Result<std::vector<uint8_t>> write_value(page::PageWriter& writer, ValueSource& source) {
  const uint32_t page_size = writer.file().page_size();
  const uint64_t size = source.size();
  std::vector<uint8_t> page(page_size);
  const auto fill = [&](uint64_t index) -> Status {
    const uint64_t left = size - index * piece_size(page_size);
    const size_t here = std::min(left, piece_size(page_size));
    std::fill(page.begin(), page.end(), uint8_t{0});
    page[page::kPageTypeOffset] = static_cast<uint8_t>(page::PageType::kValue);
    return source.read(ByteSpan(page).subspan(kPieceHeaderSize, here));
  };
  STELE_TRY(fill(0));
  // Two values of one generation differ in how many pages were written before them. A generation
  // that was given up and begun again may repeat that number, so what the value begins with counts,
  // too.
  const uint64_t tag = checksum(ByteView(page).subspan(kPieceHeaderSize), writer.pages_written());
  ExtentList extents(writer, tag);
  for (uint64_t index = 0; index < piece_count(size, page_size); ++index) {
    if (index > 0) STELE_TRY(fill(index));
    store_le(page.data() + kPieceTagOffset, tag);
    store_le(page.data() + kPieceIndexOffset, index);
    const auto written = writer.write(page);
    if (!written) return fail(written.error());
    STELE_TRY(extents.add(written->number));
  }
  return extents.finish(size);
}

Status visit_value(const page::PageFile& file, ByteView descriptor, uint64_t first, uint64_t last,
                   const ValueVisitor& visitor) {
  const auto decoded = decode(file, descriptor);
  if (!decoded) return fail(decoded.error());
  const uint64_t pieces = piece_count(decoded->size, file.page_size());
  const Visit visit = {.file = file, .first = first, .last = last, .visitor = visitor};
  if (!decoded->extents.empty()) return visit_extents(visit, decoded->extents, 0, pieces);
  return visit_pages(visit, *decoded, pieces);
}

Status free_value(page::PageWriter& writer, ByteView descriptor) {
  const auto decoded = decode(writer.file(), descriptor);
  if (!decoded) return fail(decoded.error());
  const uint64_t birth = decoded->generation;
  const auto free_run = [&](const ValueRun& run) -> Status {
    for (uint64_t i = 0; i < run.count; ++i) writer.free(run.page + i, birth);
    return {};
  };
  const auto free_list = [&](uint64_t page) -> Status {
    writer.free(page, birth);
    return {};
  };
  return visit_value(writer.file(), descriptor, 0, UINT64_MAX, {free_run, free_list});
}

Status read_piece(const page::PageFile& file, ByteView descriptor, const ValueRun& place,
                  ByteSpan page) {
  const auto decoded = decode(file, descriptor);
  if (!decoded) return fail(decoded.error());
  STELE_TRY(file.read_raw(place.page, page));
  const page::PageHeader header = {page.data()};
  if (header.type() != page::PageType::kValue) {
    return damaged(file, place.page, "not a piece of a value");
  }
  if (header.generation() != decoded->generation ||
      load_le<uint64_t>(page.data() + kPieceTagOffset) != decoded->tag) {
    return damaged(file, place.page, "a piece of another value");
  }
  const auto index = load_le<uint64_t>(page.data() + kPieceIndexOffset);
  if (index != place.piece) {
    return damaged(file, place.page, cat("piece ", index, " in the place of ", place.piece));
  }
  return {};
}

uint64_t Value::size() const {
  if (!is_large) return bytes.size();
  if (bytes.size() < kDescriptorHeaderSize) return 0;
  return load_le<uint64_t>(bytes.data() + kDescriptorSizeOffset);
}

Status read_value(const page::PageFile& file, const Value& value, uint64_t offset, ByteSpan into) {
  STELE_CHECK(offset <= value.size() && into.size() <= value.size() - offset);
  if (into.empty()) return {};
  if (!value.is_large) {
    copy_bytes(into.data(), value.bytes.subspan(offset, into.size()));
    return {};
  }
  const uint64_t step = piece_size(file.page_size());
  const uint64_t end = offset + into.size();
  std::vector<uint8_t> page(file.page_size());
  const auto read_run = [&](const ValueRun& run) -> Status {
    for (uint64_t i = 0; i < run.count; ++i) {
      const ValueRun place = {.piece = run.piece + i, .page = run.page + i, .count = 1};
      STELE_TRY(read_piece(file, value.bytes, place, page));
      const uint64_t from = std::max(offset, place.piece * step);
      const uint64_t to = std::min(end, (place.piece + 1) * step);
      const ByteView bytes =
          ByteView(page).subspan(kPieceHeaderSize + (from - place.piece * step), to - from);
      copy_bytes(into.data() + (from - offset), bytes);
    }
    return {};
  };
  return visit_value(file, value.bytes, offset / step, (end - 1) / step + 1, {read_run, {}});
}

}  // namespace stele::tree
