// Builds commits in memory the way the pipeline does, so that a test can tamper with their bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/commit_frame.h"
#include "events/event_part.h"
#include "support/drafts.h"
#include "support/fake_environment.h"
#include "support/one_chunk.h"
#include "support/results.h"

namespace stele::test {

class CommitLog {
 public:
  explicit CommitLog(const Digest& genesis) : root_(genesis) {}

  // Adds a commit of these events.
  void add(const std::vector<Draft>& drafts) {
    events::EventPart part(events::IdSource(times_, random_));
    for (const Draft& draft : drafts) {
      events::NewEvent event = draft.event();
      EXPECT_TRUE(succeeded(part.add(event)));
    }
    EXPECT_TRUE(succeeded(part.prepare()));
    const engine::Stamp stamp = {.tsn = payloads_.size() + 1,
                                 .first_position = next_position_,
                                 .event_count = part.count(),
                                 .recorded = static_cast<int64_t>(1000 + payloads_.size())};
    // Never moves: the tail points into it.
    const size_t size = engine::kCommitHeaderSize + engine::kSectionHeaderSize + part.size();
    auto payload = std::make_unique<std::vector<uint8_t>>(size);
    engine::encode_commit_header(payload->data(), stamp, 1);
    engine::encode_section_header(payload->data() + engine::kCommitHeaderSize, part.kind(),
                                  part.count(), part.size());
    const ByteSpan section = ByteSpan(*payload).subspan(size - part.size());
    part.encode(stamp, section);
    part.apply_to_tail(chunk_.view(), stamp, section, stamp.tsn - 1);
    const Digest merkle = part.seal(section).value_or(Digest{});
    root_ = engine::chained_root_of(stamp, merkle, root_);
    engine::store_roots(payload->data(), merkle, root_);
    next_position_ += stamp.event_count;
    payloads_.push_back(std::move(payload));
  }

  // Returns a copy of the payload of each commit.
  [[nodiscard]] std::vector<std::vector<uint8_t>> payloads() const {
    std::vector<std::vector<uint8_t>> copies;
    for (const auto& payload : payloads_) copies.push_back(*payload);
    return copies;
  }
  [[nodiscard]] const Digest& root() const { return root_; }
  [[nodiscard]] const events::Tail& tail() const { return chunk_.tail(); }
  [[nodiscard]] const engine::Views& views() const { return chunk_.views(); }

 private:
  FakeClock clock_;
  FakeRandom random_;
  events::IdClock times_{clock_};
  OneChunk chunk_;
  std::vector<std::unique_ptr<std::vector<uint8_t>>> payloads_;
  Digest root_;
  uint64_t next_position_ = 1;
};

}  // namespace stele::test
