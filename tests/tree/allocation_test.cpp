// A warm get and a cursor's step allocate nothing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "heap/heap.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

TEST(Allocations, AreNotMadeByWhoReadsWhatIsInTheCache) {
  for (const LeafKind kind : {LeafKind::kSlotted, LeafKind::kDense}) {
    World world(4096, kind, 16 << 20);
    Batch batch;
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < 5000; ++i) {
      keys.push_back(number_key(i));
      batch[keys.back()] = std::string(50, 'v');
    }
    world.apply(batch);
    const page::Root root = world.root();
    ASSERT_GE(root.height, 2U);
    Cursor cursor(*world.file, root);
    for (int round = 0; round < 2; ++round) {
      const uint64_t before = test::heap::allocations();
      uint64_t found_count = 0;
      Found found;
      for (const std::string& key : keys) {
        const auto is_there = get(*world.file, root, as_bytes(key), found);
        found_count += is_there && *is_there && !found.value.bytes.empty();
        const auto at = cursor.seek(as_bytes(key));
        found_count += at && *at;
      }
      for (auto at = cursor.first(); at && *at; at = cursor.next()) {
        found_count += !cursor.key().empty() && !cursor.value().bytes.empty();
      }
      for (auto at = cursor.last(); at && *at; at = cursor.previous()) ++found_count;
      EXPECT_EQ(found_count, 4 * keys.size());
      const uint64_t made = test::heap::allocations() - before;
      EXPECT_TRUE(round == 0 || made == 0) << made;
    }
  }
}

}  // namespace
}  // namespace stele::tree
