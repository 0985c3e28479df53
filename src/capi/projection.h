// Handles of projections.
#pragma once

#include "capi/follow.h"
#include "db/projection.h"

namespace stele::capi {

struct ProjectionObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kProjection;
  explicit ProjectionObject(std::unique_ptr<db::Projection> opened)
      : projection(std::move(opened)) {}
  void closing() noexcept override { projection->end(); }
  [[nodiscard]] Following following() { return {projection->events(), announced}; }
  std::unique_ptr<db::Projection> projection;
  bool announced = false;  // The last call said that it has caught up.
};

}  // namespace stele::capi
