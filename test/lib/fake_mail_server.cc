// Just enough of RFC 5321 for one client.
#include "test/lib/fake_mail_server.h"

namespace tripgate {

std::string FakeMailServer::reply_to(const std::string& command) {
  if (!refuse.empty() && command.starts_with(refuse)) return refusal;
  if (command.starts_with("EHLO")) return extensions + "250 mail.example";
  if (command == "AUTH PLAIN") return "334 ";
  // `command` is the last of them; what follows AUTH is the credentials.
  if (commands.size() > 1 && commands[commands.size() - 2] == "AUTH PLAIN") return "235 welcome";
  if (command.starts_with("STARTTLS")) return "220 go ahead";
  if (command.starts_with("DATA")) return "354 go ahead";
  if (command.starts_with("QUIT")) return "221 bye";
  return "250 ok";
}

void FakeMailServer::serve(Peer& peer) {
  peer.send("220 mail.example\r\n");
  for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
    const std::string command = line.substr(0, line.find_last_not_of("\r\n") + 1);
    commands.push_back(command);
    const std::string reply = reply_to(command);
    peer.send(reply + "\r\n");
    if (command == "STARTTLS" && reply.starts_with("2")) {
      if (!peer.start_tls(tls)) return;
      is_encrypted = true;
    }
    if (command != "DATA" || !reply.starts_with("3")) continue;
    while (!message.ends_with("\r\n.\r\n")) {
      const std::string text = peer.read_line();
      if (text.empty()) return;
      message += text;
    }
    peer.send(reply_to("end of DATA") + "\r\n");
  }
}

}  // namespace tripgate
