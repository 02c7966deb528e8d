// SPDX-License-Identifier: Apache-2.0
#include "rules/render.h"

#include <sstream>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "base/json.h"
#include "rules/rule.h"

namespace parallax::rules {
namespace {

Date on(const char* text) { return parse_date(text).value(); }

TEST(RenderJson, HoldsTheFiguresOfTheDay) {
  const auto out = render_json(on("2026-12-15"));
  EXPECT_EQ(out.at("at"), "2026-12-15");
  EXPECT_EQ(out.at("remotes_required").to_number<int>(), 5);
  EXPECT_TRUE(out.at("quorum_enforced").as_bool());
  EXPECT_EQ(out.at("rir_regions_required").to_number<int>(), 2);
  EXPECT_EQ(out.at("distance_min_km").to_number<int>(), 500);
  EXPECT_EQ(out.at("caa_window_hours").to_number<int>(), 8);
  const auto& allowed = out.at("allowed_non_corroborations").as_object();
  EXPECT_EQ(allowed.size(), 19U);
  EXPECT_EQ(allowed.at("2").to_number<int>(), 1);
  EXPECT_EQ(allowed.at("5").to_number<int>(), 1);
  EXPECT_EQ(allowed.at("6").to_number<int>(), 2);
  EXPECT_EQ(allowed.at("20").to_number<int>(), 2);
}

TEST(RenderJson, AsksForNoRemotesBeforeTheFirstPhase) {
  EXPECT_EQ(render_json(on("2025-03-14")).at("remotes_required").to_number<int>(), 0);
}

TEST(RenderJson, CitesEveryRule) {
  const auto out = render_json(on("2026-11-22"));
  const auto& rules = out.at("rules").as_array();
  ASSERT_EQ(rules.size(), rules_in_force(on("2026-11-22")).size());
  bool open = false;
  bool closed = false;
  bool house = false;
  for (const auto& value : rules) {
    const auto& entry = value.as_object();
    for (const char* key : {"id", "document", "version", "section", "ballot", "from", "text"})
      EXPECT_FALSE(entry.at(key).as_string().empty()) << key;
    EXPECT_TRUE(parse_date(entry.at("from").as_string()));
    const auto& until = entry.at("until");
    open |= until.is_null();
    closed |= until.is_string();
    house |= entry.at("house").as_bool();
  }
  EXPECT_TRUE(open && closed && house);
}

TEST(RenderJson, AnnouncesWhatChangesNext) {
  const auto out = render_json(on("2026-11-22"));
  const auto& changes = out.at("next_changes").as_array();
  ASSERT_EQ(changes.size(), next_changes(on("2026-11-22")).size());
  EXPECT_EQ(changes[0].at("on"), "2026-12-15");
  EXPECT_EQ(changes[0].at("kind"), "changes");
  EXPECT_EQ(changes[0].at("id"), "mpic.remotes-minimum");
  EXPECT_EQ(changes[0].at("value").to_number<int>(), 5);
}

TEST(RenderJson, IsReadByAStrictReader) {
  EXPECT_TRUE(parse_json(boost::json::serialize(render_json(on("2026-11-22")))));
}

TEST(RenderText, FitsATerminalAndNamesEveryRule) {
  for (const char* day : {"2012-07-01", "2025-03-15", "2026-11-22", "2027-03-15", "2029-03-15"}) {
    SCOPED_TRACE(day);
    const std::string text = render_text(on(day));
    EXPECT_TRUE(text.ends_with('\n'));
    for (const Rule& rule : rules_in_force(on(day)))
      EXPECT_NE(text.find(rule.id), std::string::npos) << rule.id;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(RenderText, SaysWhatChangesNext) {
  EXPECT_NE(render_text(on("2026-11-22")).find("2026-12-15 mpic.remotes-minimum"),
            std::string::npos);
  EXPECT_NE(render_text(on("2029-03-15")).find("No change is known"), std::string::npos);
}

TEST(RenderDifference, SaysWhatWasAndWhatIs) {
  const Date before = parse_date("2026-12-14").value();
  const Date after = parse_date("2026-12-15").value();
  const std::string text = render_difference_text(before, after);
  EXPECT_NE(text.find("mpic.remotes-minimum         changes"), std::string::npos) << text;
  EXPECT_NE(text.find("was: TLS BR 2.0.7 section 3.2.2.9 (SC-067) (MUST, 4)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("is: TLS BR 2.0.7 section 3.2.2.9 (SC-067) (MUST, 5)"), std::string::npos);
  EXPECT_EQ(render_difference_text(after, after),
            "The rules of 2026-12-15 and of 2026-12-15 are the same.\n");
  const auto json = render_difference_json(after, before);
  EXPECT_EQ(json.at("from").as_string(), "2026-12-15");
  const auto& first = json.at("differences").at(0);
  EXPECT_EQ(first.at("kind").as_string(), "changes");
  EXPECT_EQ(first.at("before").at("value").as_int64(), 5);
  EXPECT_EQ(first.at("after").at("value").as_int64(), 4);
}

}  // namespace
}  // namespace parallax::rules
