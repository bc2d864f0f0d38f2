// One message of one byte, which carries the descriptors.
#include "engine/step/handover.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/step/step_protocol.h"

namespace tripgate::step {

bool receive_handover() {
  const int expected[kHandoverFiles] = {kSpecFd, kPrologueFd, kScriptFd};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof expected)];
  char byte = 0;
  iovec text{&byte, 1};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = 0;
  do {
    size = recvmsg(kEngineFd, &message, 0);
  } while (size < 0 && errno == EINTR);
  if (size != 1) return false;
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  // They take the lowest numbers, which were left free for them.
  return rights != nullptr && rights->cmsg_type == SCM_RIGHTS &&
         rights->cmsg_len == CMSG_LEN(sizeof expected) &&
         memcmp(CMSG_DATA(rights), expected, sizeof expected) == 0;
}

}  // namespace tripgate::step
