#include "process/supervised_command.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "process/in_child.h"
#include "process/program_image.h"
#include "process/supervisor.h"

namespace pghaul::process {
namespace {

struct SocketPair {
  Descriptor ours, theirs;

  static SocketPair create() {
    std::array<int, 2> ends = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
    return {Descriptor::beyond_standard(ends[0]), Descriptor::beyond_standard(ends[1])};
  }
  [[nodiscard]] bool open() const noexcept { return ours.open() && theirs.open(); }
};

/// All that the child needs, where nothing may allocate or lock.
struct Birth {
  const ProgramImage& image;
  int input, output, errors;
};

/// Comes back when it can't become the program.
void become(const void* context) {
  const Birth& birth = *static_cast<const Birth*>(context);
  reset_signals({SIGPIPE, SIGTERM, SIGHUP, SIGCHLD}, {SIGINT, SIGQUIT});
  if (take_standard(birth.input, birth.output, birth.errors) && close_on_exec_all_but({}))
    birth.image.become();
}

}  // namespace

Result<SupervisedCommand> start_supervised(const std::string& command, const std::string& name) {
  SocketPair input = SocketPair::create();
  SocketPair output = SocketPair::create();
  SocketPair errors = SocketPair::create();
  if (!input.open() || !output.open() || !errors.open()) return cannot_start(name, errno);
  const ProgramImage image({"/bin/sh", "-c", command});
  const Birth birth{image, input.theirs.number(), output.theirs.number(), errors.theirs.number()};
  Child child = Child::start([&] { supervise(become, &birth); });
  if (!child.started()) return cannot_start(name, errno);
  return SupervisedCommand{std::move(child), std::move(input.ours), std::move(output.ours),
                           std::move(errors.ours)};
}

}  // namespace pghaul::process
