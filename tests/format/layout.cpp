// Prints every size and offset of what is on disk, as the program has them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "db/database.h"
#include "db/meta.h"
#include "engine/commit_entry.h"
#include "engine/commit_frame.h"
#include "events/digest.h"
#include "events/keys.h"
#include "events/query_code.h"
#include "events/receipt.h"
#include "events/record.h"
#include "events/tracking.h"
#include "page/free_list.h"
#include "page/page.h"
#include "page/superblock.h"
#include "tables/catalog_part.h"
#include "tables/catalog_tree.h"
#include "tables/row_format.h"
#include "tables/row_part.h"
#include "tree/node.h"
#include "tree/stage.h"
#include "tree/value.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele {
namespace {

void title(const char* text) {
  std::printf("\n%s\n", text);
}
void line(const char* name, uint64_t value) {
  std::printf("  %-28s %llu\n", name, static_cast<unsigned long long>(value));
}
void field(const char* name, uint64_t offset, uint64_t size) {
  std::printf("  %-28s %5llu %5llu\n", name, static_cast<unsigned long long>(offset),
              static_cast<unsigned long long>(size));
}
void bytes(const char* name, ByteView value) {
  std::printf("  %-28s %s\n", name, hex(value.data(), value.size()).c_str());
}

// Prints which bytes differ between two encodings that differ in one field. The checksum at the end
// differs always.
template <typename Bytes>
void probe(const char* name, const Bytes& zero, const Bytes& ones) {
  const auto end = zero.end() - 8;
  const auto first = std::mismatch(zero.begin(), end, ones.begin()).first;
  auto last = end;
  while (last != first && *std::prev(last) == ones[static_cast<size_t>(last - zero.begin()) - 1]) {
    --last;
  }
  field(name, static_cast<uint64_t>(first - zero.begin()), static_cast<uint64_t>(last - first));
}

template <typename T>
void set_all(T& value) {
  std::fill_n(reinterpret_cast<uint8_t*>(&value), sizeof value, uint8_t{0xff});
}

template <typename Header, typename Encode, typename Member>
void probe_member(const char* name, const Encode& encode, Member Header::* member) {
  Header ones = {};
  set_all(ones.*member);
  probe(name, encode(Header{}), encode(ones));
}

void print_meta() {
  using db::Meta;
  title("stele.meta");
  const auto zero = db::encode_meta({});
  line("size", zero.size());
  line("format", db::kFormatVersion);
  bytes("magic and format", ByteView(zero).first(16));
  probe_member("uuid", db::encode_meta, &Meta::uuid);
  probe_member("created", db::encode_meta, &Meta::created);
  probe_member("segment size", db::encode_meta, &Meta::segment_size);
  field("checksum", zero.size() - 8, 8);
  bytes("checksum of a zero one", ByteView(zero).last(8));
}

void print_segment() {
  using wal::SegmentHeader;
  title("segment");
  const auto encode = wal::encode_segment_header;
  const auto zero = encode({});
  line("header size", wal::kSegmentHeaderSize);
  line("format", wal::kFormatVersion);
  bytes("magic and format", ByteView(zero).first(16));
  probe_member("uuid", encode, &SegmentHeader::uuid);
  probe_member("number", encode, &SegmentHeader::number);
  probe_member("salt", encode, &SegmentHeader::salt);
  probe_member("first TSN", encode, &SegmentHeader::first_tsn);
  probe_member("previous end", encode, &SegmentHeader::previous_end);
  probe_member("previous checksum", encode, &SegmentHeader::previous_checksum);
  SegmentHeader header = {};
  header.reused = true;
  const auto reused = encode(header);
  const auto at = std::ranges::mismatch(zero, reused).in2 - reused.begin();
  field("reused", static_cast<uint64_t>(at), 4);
  bytes("of a reused one", ByteView(reused).subspan(static_cast<size_t>(at), 4));
  field("checksum", zero.size() - 8, 8);
  bytes("checksum of a zero one", ByteView(zero).last(8));
  line("size, least", db::kSegmentSizeMin);
  line("size, default", db::kSegmentSizeDefault);
  line("size, most", db::kSegmentSizeMax);
}

void print_frame() {
  title("frame");
  field("checksum", wal::kFrameChecksumOffset, 8);
  field("length", wal::kFrameLengthOffset, 4);
  field("type", wal::kFrameTypeOffset, 1);
  field("flags", wal::kFrameFlagsOffset, 1);
  field("TSN", wal::kFrameTsnOffset, 8);
  field("previous checksum", wal::kFramePreviousOffset, 8);
  field("durable TSN", wal::kFrameDurableOffset, 8);
  line("header size", wal::kFrameHeaderSize);
  line("alignment", kAlignment);
  line("length, most", wal::kFrameLengthMax);
  line("type commit", static_cast<uint64_t>(wal::FrameType::kCommit));
  line("type watermark", static_cast<uint64_t>(wal::FrameType::kWatermark));
  std::vector<uint8_t> frame(48, 0xff);
  wal::start_frame(frame, wal::FrameType::kCommit, 3, 43);
  wal::Chain chain = {.tsn = 2, .checksum = 0x0807060504030201};
  wal::seal_frame(frame, /*salt=*/0x1122334455667788, /*durable_tsn=*/1, chain);
  bytes("an example", frame);
}

void print_commit() {
  title("commit");
  field("first position", engine::kCommitFirstPositionOffset, 8);
  field("events", engine::kCommitEventCountOffset, 4);
  field("sections", engine::kCommitSectionCountOffset, 4);
  field("recorded", engine::kCommitRecordedOffset, 8);
  field("Merkle root", engine::kCommitMerkleOffset, 32);
  field("chained root", engine::kCommitChainedOffset, 32);
  line("header size", engine::kCommitHeaderSize);
  line("section header size", engine::kSectionHeaderSize);
  line("section events", static_cast<uint64_t>(engine::SectionKind::kEvents));
  line("section tracking", static_cast<uint64_t>(engine::SectionKind::kTracking));
  line("section catalog", static_cast<uint64_t>(engine::SectionKind::kCatalog));
  line("section rows", static_cast<uint64_t>(engine::SectionKind::kRows));
  line("section key", static_cast<uint64_t>(engine::SectionKind::kKey));
  std::array<uint8_t, engine::kSectionHeaderSize> section = {};
  engine::encode_section_header(section.data(), engine::SectionKind::kTracking, 0x04030201,
                                0x0807060504030201);
  bytes("an example section header", section);
  bytes("key in commits_merged", engine::merged_key(258));
}

void print_tracking() {
  title("tracking");
  line("source size, most", events::kSourceSizeMax);
  line("position, most", events::kTrackedPositionMax);
  events::TrackingPart part;
  part.add({.source = "import", .previous = 0, .position = 0x0102030405060708});
  std::vector<uint8_t> section(part.size(), 0xff);
  part.encode({}, section);
  bytes("an example mark", section);
}

void print_key() {
  title("key");
  field("key size", events::kKeySizeOffset, 2);
  field("digest", events::kKeyDigestOffset, sizeof(Digest));
  line("header size", events::kKeyBytesOffset);
  line("key size, most", events::kKeySizeMax);
  events::KeyUse use = {.key = "retry", .batch = {}};
  std::iota(use.batch.begin(), use.batch.end(), uint8_t{1});
  events::KeyPart part(use);
  std::vector<uint8_t> section(part.size(), 0xff);
  part.encode({}, section);
  bytes("an example", section);
}

void print_catalog() {
  title("catalog");
  line("change header size", tables::kChangeHeaderSize);
  line("name size, most", tables::kTableNameSizeMax);
  tables::CatalogState state;
  tables::CatalogPart part(state);
  const auto created = part.create({"root", "seats"}, tables::History::kAll, 0, "booking");
  const bool renamed = created && part.rename(2, {"app", "b"}).has_value();
  if (!renamed || !part.drop(3)) return;
  std::vector<uint8_t> section(part.size(), 0xff);
  part.encode({}, section);
  bytes("an example section", section);
  bytes("key of a name", as_bytes(tables::name_key({"root", "seats"})));
  bytes("key of a table", as_bytes(tables::table_key(tables::kTableTag, 258)));
  bytes("key of a dropped one", as_bytes(tables::table_key(tables::kDroppedTag, 258)));
  const tables::TableInfo info = {.id = 258,
                                  .name = {"root", "seats"},
                                  .history = tables::History::kAll,
                                  .amount = 0,
                                  .created_tsn = 7,
                                  .owner = "booking"};
  bytes("an example table", as_bytes(tables::encode_table(info)));
}

void print_rows() {
  title("rows");
  line("kinds, mask", tables::kOpKindMask);
  line("flag no end", tables::kOpNoEnd);
  line("flag has position", tables::kOpHasPosition);
  line("key size, most", tables::kRowKeySizeMax);
  line("row size, most", tables::kRowSizeMax);
  tables::RowPart part;
  const ByteView key = as_bytes("12A");
  const ByteView next = as_bytes("12B");
  const bool erased =
      part.erase_range(1, key, &next, 0) && part.put(258, key, as_bytes("alice"), 9);
  const bool put = erased && part.put(1, key, {}, 0) && part.erase(258, next, 10);
  if (!put || !part.erase_range(258, key, nullptr, 11)) return;
  part.prepare();
  std::vector<uint8_t> section(part.size(), 0xff);
  part.encode({}, section);
  bytes("an example section", section);
  tree::KeyBuffer tree_key;
  tables::row_tree_key(258, key, tree_key);
  bytes("key in rows", tree_key.view());
  tables::history_key(258, key, {.tsn = 300, .position = 9}, tree_key);
  bytes("key in history", tree_key.view());
  tables::history_key(258, as_bytes("sixteen and more."), {.tsn = 300, .position = 9}, tree_key);
  bytes("of a longer key", tree_key.view());
  std::array<uint8_t, tables::kRowHeaderSizeMax> header = {};
  const size_t size = tables::encode_row_header({.tsn = 300, .position = 9}, true, header);
  bytes("before a deleted row", ByteView(header).first(size));
}

void print_tree() {
  title("tree");
  line("key size, most", tree::kKeySizeMax);
  line("height, most", tree::kHeightMax);
  line("reference size", tree::kRefSize);
  field("prefix", tree::kNodePrefixOffset, 2);
  field("lower fence size", tree::kNodeLowerOffset, 2);
  field("upper fence size", tree::kNodeUpperOffset, 2);
  field("slots", tree::kNodeSlotsOffset, 2);
  line("node header size", tree::kNodeHeaderSize);
  line("no upper fence", tree::kNoUpperFence);
  field("slot offset", tree::kSlotOffset, 2);
  field("slot key size", tree::kSlotKeySize, 2);
  field("slot head", tree::kSlotHead, 4);
  line("slot size", tree::kSlotSize);
  line("cell header size", tree::kCellHeaderSize);
  line("flag large", tree::kLargeFlag);
  field("dense first", tree::kDenseFirstOffset, 8);
  line("dense header size", tree::kDenseHeaderSize);
  line("dense offset size", tree::kDenseOffsetSize);
  for (uint32_t size = page::kPageSizeMin; size <= page::kPageSizeMax; size *= 2) {
    line("value in a leaf, most", tree::inline_size_max(size, tree::kNumberSize));
    line("beside the longest key", tree::inline_size_max(size, tree::kKeySizeMax));
  }
  tree::Stage stage(tree::LeafKind::kSlotted, 0, page::kPageSizeMin);
  stage.begin(as_bytes("apple"));
  const bool added = stage.add(as_bytes("apple"), as_bytes("tree"), {.bytes = as_bytes("green")});
  std::vector<uint8_t> leaf(page::kPageSizeMin);
  if (added) stage.encode(1, as_bytes("apply"), leaf);
  bytes("an example leaf", ByteView(leaf).subspan(page::kPageHeaderSize, 48));
}

void print_large_value() {
  title("large value");
  field("size", tree::kDescriptorSizeOffset, 8);
  field("generation", tree::kDescriptorGenerationOffset, 8);
  field("tag", tree::kDescriptorTagOffset, 8);
  field("extents", tree::kDescriptorCountOffset, 4);
  line("descriptor header size", tree::kDescriptorHeaderSize);
  field("extent first", tree::kExtentFirstOffset, 8);
  field("extent count", tree::kExtentCountOffset, 4);
  line("extent size", tree::kExtentSize);
  field("piece tag", tree::kPieceTagOffset, 8);
  field("piece index", tree::kPieceIndexOffset, 8);
  line("piece header size", tree::kPieceHeaderSize);
  field("extents page previous", tree::kExtentsPreviousOffset, tree::kRefSize);
  field("extents page first piece", tree::kExtentsFirstPieceOffset, 8);
  field("extents page tag", tree::kExtentsTagOffset, 8);
  line("extents page header size", tree::kExtentsHeaderSize);
}

void print_event() {
  title("event");
  field("size", events::kSizeOffset, 4);
  field("payload", events::kPayloadOffset, 4);
  field("position", events::kPositionOffset, 8);
  field("TSN", events::kTsnOffset, 8);
  field("recorded", events::kRecordedOffset, 8);
  field("sequence", events::kSequenceOffset, 8);
  field("hash", events::kHashOffset, sizeof(Digest));
  field("version", events::kVersionOffset, 1);
  field("flags", events::kFlagsOffset, 1);
  field("type size", events::kTypeSizeOffset, 2);
  field("entity size", events::kEntitySizeOffset, 2);
  field("scope size", events::kScopeSizeOffset, 2);
  field("tags", events::kTagCountOffset, 2);
  field("metadata", events::kMetadataCountOffset, 2);
  field("data size", events::kDataSizeOffset, 4);
  field("metadata size", events::kMetadataSizeOffset, 4);
  field("key id", events::kKeyIdOffset, 4);
  field("time", events::kTimeOffset, 8);
  field("id", events::kIdOffset, events::kIdSize);
  line("fixed size", events::kFixedSize);
  line("version now", events::kRecordVersion);
  line("flag correlation", events::kHasCorrelation);
  line("flag causation", events::kHasCausation);
  line("flag time is recorded", events::kTimeIsRecorded);
  line("term size, most", events::kTermSizeMax);
  line("tags, most", events::kTagCountMax);
  line("metadata pairs, most", events::kMetadataCountMax);
  line("metadata key or value, most", events::kMetadataPieceMax);
  line("data size, most", events::kDataSizeMax);
  line("metadata size, most", events::kMetadataSizeMax);
}

void print_receipt() {
  title("receipt");
  field("version", events::kReceiptVersionOffset, 4);
  field("events", events::kReceiptEventCountOffset, 4);
  field("uuid", events::kReceiptUuidOffset, 16);
  field("TSN", events::kReceiptTsnOffset, 8);
  field("position", events::kReceiptPositionOffset, 8);
  field("first position", events::kReceiptFirstPositionOffset, 8);
  field("recorded", events::kReceiptRecordedOffset, 8);
  field("event hash", events::kReceiptEventHashOffset, sizeof(Digest));
  field("previous hash", events::kReceiptPreviousHashOffset, sizeof(Digest));
  field("previous root", events::kReceiptPreviousRootOffset, sizeof(Digest));
  field("chained root", events::kReceiptChainedOffset, sizeof(Digest));
  line("siblings from", events::kReceiptPathOffset);
  line("size, least", events::kReceiptSizeMin);
  line("size, most", events::kReceiptSizeMax);
  line("version now", events::kReceiptVersion);
  const events::Receipt receipt = {
      .uuid = {1},
      .stamp = {.tsn = 2, .first_position = 3, .event_count = 4, .recorded = 5},
      .position = 6,
      .event_hash = {7},
      .previous_hash = {8},
      .previous_root = {9},
      .chained_root = {10},
      .path = {{11}}};
  bytes("an example", events::encode_receipt(receipt));
}

void print_query() {
  title("query");
  line("version now", events::kQueryVersion);
  line("items, most", events::kQueryItemsMax);
  line("values of a field, most", events::kFieldValuesMax);
  const events::Query every_field = {{{.types = {"ty"},
                                       .tags = {"ta"},
                                       .categories = {"ca"},
                                       .entities = {"en"},
                                       .prefixes = {"pr"},
                                       .scopes = {"sc"},
                                       .correlations = {{1}},
                                       .causations = {{2}},
                                       .time = {{.from = -1, .to = 1}},
                                       .positions = {{.from = 3, .to = 4}}}}};
  bytes("of no items", events::encode_query({}));
  bytes("every field", events::encode_query(every_field));
}

void print_hashes() {
  title("hash chain");
  constexpr std::array<const char*, kHashDomainCount> kNames = {
      "payload", "header", "event", "node", "frame root", "genesis", "batch", "receipt"};
  for (size_t i = 0; i < kHashDomainCount; ++i) {
    bytes(cat("of nothing, ", kNames[i]).c_str(),
          hash_padded(static_cast<HashDomain>(i), ByteView()));
  }
  std::vector<Digest> hashes(3);
  for (uint8_t i = 0; i < 3; ++i) hashes[i].fill(i);
  bytes("Merkle root of three", events::merkle_root(hashes));
  const engine::Stamp stamp = {.tsn = 1, .first_position = 2, .event_count = 3, .recorded = 4};
  bytes("chained root", engine::chained_root_of(stamp, hashes[0], Digest{}));
}

template <typename Member>
void probe_state(const char* name, Member page::State::* member) {
  page::Superblock ones;
  set_all(ones.state.*member);
  probe(name, page::encode_superblock({}), page::encode_superblock(ones));
}

// The generation's lowest bit chooses the slot, and with it the seed; nothing else depends on it.
void print_superblock() {
  using page::Superblock;
  title("superblock");
  const auto encode = page::encode_superblock;
  const auto zero = encode({});
  line("slot size", page::kSlotSize);
  line("format", page::kPageFileFormat);
  bytes("magic and format", ByteView(zero).first(12));
  probe_member("page size", encode, &Superblock::page_size);
  probe_member("uuid", encode, &Superblock::uuid);
  probe_member("file id", encode, &Superblock::file_id);
  probe_state("generation", &page::State::generation);
  probe_state("applied TSN", &page::State::applied_tsn);
  probe_state("page count", &page::State::page_count);
  probe_state("free pages", &page::State::free_pages);
  probe_state("free list", &page::State::free_list);
  probe_state("note", &page::State::note);
  line("roots, most", page::kRootsMax);
  line("name of a root, most", page::kRootNameMax);
  Superblock superblock;
  superblock.state.generation = 1;
  superblock.state.roots["tree"] = {
      .page = {0x0807060504030201, 0x1817161514131211}, .height = 3, .entries = 0x2827262524232221};
  const auto rooted = encode(superblock);
  bytes("root count and 0", ByteView(rooted).subspan(88, 8));
  bytes("root at 256", ByteView(rooted).subspan(256, 64));
  field("checksum", zero.size() - 8, 8);
  bytes("checksum, slot 0, of zeros", ByteView(zero).last(8));
  bytes("checksum, slot 1, of this", ByteView(rooted).last(8));
}

void print_page() {
  title("page");
  field("checksum", page::kPageChecksumOffset, 8);
  field("number", page::kPageNumberOffset, 8);
  field("generation", page::kPageGenerationOffset, 8);
  field("type", page::kPageTypeOffset, 1);
  field("level", page::kPageLevelOffset, 1);
  field("count", page::kPageCountOffset, 2);
  line("header size", page::kPageHeaderSize);
  line("size, least", page::kPageSizeMin);
  line("size, default", page::kPageSizeDefault);
  line("size, most", page::kPageSizeMax);
  line("first page, of 4 KiB", page::first_page(page::kPageSizeMin));
  line("first page, of 64 KiB", page::first_page(page::kPageSizeMax));
  line("type leaf", static_cast<uint64_t>(page::PageType::kLeaf));
  line("type dense leaf", static_cast<uint64_t>(page::PageType::kDenseLeaf));
  line("type inner", static_cast<uint64_t>(page::PageType::kInner));
  line("type value", static_cast<uint64_t>(page::PageType::kValue));
  line("type extents", static_cast<uint64_t>(page::PageType::kExtents));
  line("type free", static_cast<uint64_t>(page::PageType::kFree));
  title("free-list page");
  field("next", page::kFreeNextOffset, 16);
  line("runs from", page::kFreeExtentsOffset);
  line("run size", page::kFreeExtentSize);
  line("runs in 4 KiB", page::free_extents_in(page::kPageSizeMin));
  line("runs in 64 KiB", page::free_extents_in(page::kPageSizeMax));
  std::vector<uint8_t> page(page::kPageSizeMin);
  const std::array<page::FreeExtent, 1> runs = {{{.first = 9, .count = 2, .generation = 3}}};
  page::encode_free_page(page, runs, {.number = 5, .checksum = 6});
  page::seal_page(page, /*number=*/7, /*generation=*/4, page::file_seed({1}, /*file_id=*/2));
  bytes("an example, then zeros", ByteView(page).first(80));
}

}  // namespace
}  // namespace stele

int main() {
  std::printf(
      "Sizes and offsets of format 1; UPDATE_GOLDEN=1 ctest -R format.layout rewrites this.\n");
  stele::print_meta();
  stele::print_segment();
  stele::print_frame();
  stele::print_commit();
  stele::print_tracking();
  stele::print_key();
  stele::print_catalog();
  stele::print_rows();
  stele::print_event();
  stele::print_receipt();
  stele::print_query();
  stele::print_hashes();
  stele::print_tree();
  stele::print_large_value();
  stele::print_superblock();
  stele::print_page();
  return 0;
}
