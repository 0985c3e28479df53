// A participant that passes over sections of its kind: for a repair, which brings back events and
// what follows from them, and leaves tables to be built again from those.
//
// Threads: as engine::Participant.
#pragma once

#include <memory>

#include "engine/batch.h"

namespace stele::db {

class LeftOut final : public engine::Participant {
 public:
  explicit LeftOut(engine::SectionKind kind) : kind_(kind) {}

  engine::SectionKind kind() const override { return kind_; }
  std::unique_ptr<engine::TailPart> make_tail_part(
      const engine::Snapshot& /*before*/) const override {
    return std::make_unique<Nothing>();
  }
  Status replay(const engine::View& /*view*/, const engine::Stamp& /*stamp*/, uint32_t /*count*/,
                ByteView /*section*/) override {
    return {};
  }
  Status checkpoint(page::PageWriter& /*writer*/, const engine::View& /*view*/,
                    engine::Roots& /*roots*/) override {
    return {};
  }

 private:
  struct Nothing final : engine::TailPart {
    [[nodiscard]] uint64_t bytes() const override { return 0; }
  };
  engine::SectionKind kind_;
};

}  // namespace stele::db
