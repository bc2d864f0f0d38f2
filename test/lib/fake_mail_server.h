// A mail server for LoopbackServer: takes one message and keeps what it was told.
#pragma once

#include <string>
#include <vector>

#include "test/lib/loopback_server.h"

namespace tripgate {

/// What a server says and what it heard.
struct FakeMailServer {
  // Behaviour.
  std::string extensions;  ///< Lines of the answer to EHLO, such as "250-STARTTLS\r\n".
  std::string refuse;      ///< Commands that begin so get the reply below.
  std::string refusal = "550 no";
  SSL_CTX* tls = nullptr;  ///< For STARTTLS.

  // Heard; to be read once the server has gone.
  std::vector<std::string> commands;
  std::string message;  ///< As sent, dots and all.
  bool is_encrypted = false;

  /// Plays one session.
  void serve(Peer& peer);

 private:
  std::string reply_to(const std::string& command);
};

}  // namespace tripgate
