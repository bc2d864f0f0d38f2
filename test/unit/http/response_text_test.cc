// Responses as bytes.
#include "engine/http/response_text.h"

#include <gtest/gtest.h>

namespace tripgate::http {
namespace {

Response response_of(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(ResponseText, HeadSaysStatusTypeAndLength) {
  Response response = response_of(503, "busy");
  response.headers.emplace_back("Retry-After", "1");
  EXPECT_EQ(head_with_length(response, true),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
            "Retry-After: 1\r\nContent-Length: 4\r\n\r\n");
}

TEST(ResponseText, LastResponseOfAConnectionSaysSo) {
  EXPECT_EQ(head_with_length(response_of(200, ""), false),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

TEST(ResponseText, StreamsAreChunksUntilAnEmptyOne) {
  Response response = response_of(200, "");
  response.content_type = "text/event-stream";
  EXPECT_EQ(head_of_chunks(response),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(chunk(std::string(26, 'x')), "1a\r\n" + std::string(26, 'x') + "\r\n");
  EXPECT_EQ(chunk(""), "0\r\n\r\n");
}

}  // namespace
}  // namespace tripgate::http
