// A term is found by its kind and its whole text, and by any thread while others are added.
#include "events/terms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/drafts.h"
#include "support/scale.h"

namespace stele::events {
namespace {

Postings& intern(TermTable& terms, TermKind kind, std::string_view text) {
  return terms.intern(kind, text, term_hash(kind, text));
}

// The same text as type, tag and entity is three terms; case and length count.
TEST(TermTable, TellsTermsApartByKindAndWholeText) {
  TermTable terms;
  EXPECT_EQ(terms.find(TermKind::kTag, "a"), nullptr) << "an empty table has nothing";
  const std::pair<TermKind, const char*> all[] = {
      {TermKind::kType, "a"}, {TermKind::kTag, "a"},  {TermKind::kEntity, "a"},
      {TermKind::kTag, "A"},  {TermKind::kTag, "aa"}, {TermKind::kTag, "a "},
  };
  uint64_t position = 0;
  for (const auto& [kind, text] : all) intern(terms, kind, text).append(++position);
  EXPECT_EQ(terms.size(), std::size(all));
  position = 0;
  for (const auto& [kind, text] : all) {
    const Postings* found = terms.find(kind, text);
    ASSERT_NE(found, nullptr) << text;
    EXPECT_EQ(found->last(), ++position) << text;
  }
  EXPECT_EQ(terms.find(TermKind::kEntity, "A"), nullptr);
  EXPECT_EQ(terms.find(TermKind::kTag, ""), nullptr);
}

// Interning a term again gives the same postings, also after the table has grown many times.
TEST(TermTable, KeepsPostingsWhereTheyAre) {
  TermTable terms;
  const Postings* first = &intern(terms, TermKind::kTag, "first");
  std::vector<const Postings*> all;
  for (int i = 0; i < 10000; ++i) {
    all.push_back(&intern(terms, TermKind::kTag, "tag" + std::to_string(i)));
  }
  EXPECT_EQ(terms.size(), 10001U);
  EXPECT_EQ(&intern(terms, TermKind::kTag, "first"), first);
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(terms.find(TermKind::kTag, "tag" + std::to_string(i)), all[static_cast<size_t>(i)]);
  }
  EXPECT_EQ(terms.size(), 10001U);
}

// The text need not outlive the call: the table keeps its own.
TEST(TermTable, CopiesTheText) {
  TermTable terms;
  std::string text = "course:1";
  intern(terms, TermKind::kTag, text);
  text = "course:2";
  EXPECT_NE(terms.find(TermKind::kTag, "course:1"), nullptr);
  EXPECT_EQ(terms.find(TermKind::kTag, "course:2"), nullptr);
}

// Two texts with the same hash, which a caller could make, stay two terms.
TEST(TermTable, DoesNotTrustTheHash) {
  TermTable terms;
  Postings& one = terms.intern(TermKind::kTag, "one", 42);
  Postings& two = terms.intern(TermKind::kTag, "two", 42);
  EXPECT_NE(&one, &two);
  EXPECT_EQ(&terms.intern(TermKind::kTag, "one", 42), &one);
}

// What one thread has announced as interned, every other finds, whole.
TEST(TermTable, CanBeSearchedWhileItGrows) {
  TermTable terms;
  const uint64_t last = test::scaled(20000);
  std::atomic<uint64_t> announced = 0;
  std::thread writer([&] {
    for (uint64_t i = 1; i <= last; ++i) {
      intern(terms, TermKind::kTag, std::to_string(i)).append(i);
      announced.store(i, std::memory_order_release);
    }
  });
  std::atomic<uint64_t> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (uint64_t at = 0, step = 1; at < last; step = step % 97 + 1) {
        at = announced.load(std::memory_order_acquire);
        if (at <= step) continue;
        const Postings* found = terms.find(TermKind::kTag, std::to_string(at - step));
        const bool right = found != nullptr && found->view().list[0] == at - step;
        wrong += right ? 0 : 1;
      }
    });
  }
  writer.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(terms.size(), last);
}

// What is added between two questions is sorted in, whether little or much of it is new.
TEST(Terms, AreListedInOrderByPrefix) {
  const test::Seed seed;
  auto random = seed.generator();
  TermTable terms;
  std::set<std::string> model;
  for (int round = 0; round < 40; ++round) {
    for (uint64_t left = test::between(random, 0, 200); left > 0; --left) {
      const std::string text = test::random_text(random, 4);
      intern(terms, TermKind::kEntity, text);
      intern(terms, TermKind::kTag, "other" + text);
      model.insert(text);
    }
    const std::string prefix = round % 4 == 0 ? "" : test::random_text(random, 2);
    std::vector<std::string> expected;
    for (const std::string& text : model) {
      if (text.starts_with(prefix)) expected.push_back(text);
    }
    std::vector<std::string> found;
    for (const Term* term : terms.with_prefix(TermKind::kEntity, prefix, {}, SIZE_MAX)) {
      found.emplace_back(term->view());
    }
    ASSERT_EQ(found, expected) << "prefix " << prefix;
    expected.resize(std::min<size_t>(expected.size(), 3));
    EXPECT_EQ(terms.with_prefix(TermKind::kEntity, prefix, {}, 3).size(), expected.size());
  }
}

}  // namespace
}  // namespace stele::events
