// Which errors are the caller's, which pass, and which are trouble of ours.
#include "engine/http/envelope.h"

#include <gtest/gtest.h>

#include "engine/base/errc.h"

namespace tripgate::http {
namespace {

int status_of(const ErrorCode& cause) {
  return refuse(Diagnostic("no", cause), "id").status;
}

TEST(Refuse, WithoutACauseIsTheCallersMistake) {
  EXPECT_EQ(refuse(Diagnostic("no"), "id").status, 400);
}

TEST(Refuse, WhatWasAskedForCannotBe) {
  for (const Errc cause : {Errc::not_found, Errc::already_exists, Errc::conflict, Errc::too_large,
                           Errc::invalid_argument, Errc::invalid_transition}) {
    EXPECT_EQ(status_of(cause), 400) << make_error_code(cause).message();
  }
}

TEST(Refuse, WhatPassesMayBeAskedAgain) {
  for (const Errc cause :
       {Errc::store_full, Errc::readers_full, Errc::overloaded, Errc::cancelled}) {
    EXPECT_EQ(status_of(cause), 503) << make_error_code(cause).message();
  }
}

TEST(Refuse, AllElseIsTroubleOfOurs) {
  for (const Errc cause : {Errc::store_io, Errc::store_corrupt, Errc::store_schema, Errc::io,
                           Errc::peer_gone, Errc::bad_frame, Errc::stale_generation}) {
    EXPECT_EQ(status_of(cause), 500) << make_error_code(cause).message();
  }
  EXPECT_EQ(status_of({EACCES, boost::system::system_category()}), 500);
}

}  // namespace
}  // namespace tripgate::http
