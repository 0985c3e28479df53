// Who waits for the next durable commit is told, and is in nobody's way when it has gone.
#include "engine/watchers.h"

#include <gtest/gtest.h>

namespace stele::engine {
namespace {

// A call that waits for two subscriptions of one database is there twice. When it left, only one
// was taken off the count, and every commit after it looked for watchers that were gone.
TEST(Watchers, AreGoneWhenTheyHaveLeft) {
  Watchers watchers;
  EXPECT_FALSE(watchers.any());
  Listener listener;
  watchers.add(listener);
  watchers.add(listener);
  EXPECT_TRUE(watchers.any());
  watchers.remove(listener);
  watchers.remove(listener);
  EXPECT_FALSE(watchers.any());
}

}  // namespace
}  // namespace stele::engine
