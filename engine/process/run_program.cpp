#include "process/run_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <utility>

#include "process/captured_output.h"
#include "process/child.h"
#include "process/descriptor.h"
#include "process/in_child.h"
#include "process/program_image.h"

namespace pghaul::process {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kGrace{1};  // between SIGTERM and SIGKILL
constexpr std::size_t kLongestLine = 64_KiB;

struct Pipe {
  Descriptor read, write;

  static Pipe create() {
    std::array<int, 2> ends = {-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
    return {Descriptor::beyond_standard(ends[0]), Descriptor::beyond_standard(ends[1])};
  }
};

tl::unexpected<Error> nobody_knows_how_it_ended(const std::string& path) {
  return fail(ErrorCode::system, "cannot learn how " + path + " ended",
              "the program that uses pghaul must neither ignore SIGCHLD nor wait for children of others");
}

/// All that the child needs, where nothing may allocate or lock.
struct Birth {
  const ProgramImage& image;
  const std::vector<int>& descriptors;
  int input, out, err;
  pid_t parent;
};

/// In the child, which leads a group: a terminal's Ctrl-C reaches pghaul alone, and pghaul reaches all of the
/// program. Comes back, with errno set, when it can't start the program.
void become(const Birth& birth) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  if (getppid() != birth.parent) _exit(128 + SIGKILL);  // it ended before the line above took effect
  reset_signals({SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP});
  if (take_standard(birth.input, birth.out, birth.err) && close_on_exec_all_but(birth.descriptors)) {
    birth.image.become();
  }
}

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Reads the errno of an exec that failed; 0 when the program runs.
int read_failure(const Descriptor& failure) {
  int reason = 0;
  while (read(failure.number(), &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  return reason;
}

/// One of the program's outputs: keeps it, and passes its lines on.
class Output {
 public:
  Output(Descriptor from, const std::function<void(std::string_view)>& on_line)
      : from_(std::move(from)), on_line_(on_line) {
    fcntl(from_.number(), F_SETFL, O_NONBLOCK);
  }

  [[nodiscard]] const Descriptor& from() const noexcept { return from_; }

  /// Reads all that has come so far.
  void drain() {
    std::array<char, 64_KiB> buffer;
    while (from_.open()) {
      const ssize_t got = read(from_.number(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) {
        from_.reset();
        return;
      }
      take({buffer.data(), static_cast<std::size_t>(got)});
    }
  }

  [[nodiscard]] std::string finish() {
    if (on_line_ && !line_.empty()) on_line_(line_);
    return captured_.text();
  }

 private:
  void take(std::string_view bytes) {
    captured_.append(bytes);
    if (!on_line_) return;
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      extend_line(bytes.substr(0, end));
      on_line_(line_);
      line_.clear();
      bytes.remove_prefix(end + 1);
    }
    extend_line(bytes);
  }

  void extend_line(std::string_view bytes) { line_.append(bytes.substr(0, kLongestLine - line_.size())); }

  Descriptor from_;
  const std::function<void(std::string_view)>& on_line_;
  CapturedOutput captured_;
  std::string line_;
};

/// Makes a descriptor readable when a stop is requested.
class StopBell {
 public:
  explicit StopBell(const std::stop_token& stop)
      : bell_(Descriptor::beyond_standard(eventfd(0, EFD_CLOEXEC))), callback_(stop, Ring{bell_.number()}) {}
  [[nodiscard]] const Descriptor& bell() const noexcept { return bell_; }

 private:
  struct Ring {
    int bell;
    void operator()() const noexcept {
      const std::uint64_t once = 1;
      [[maybe_unused]] const ssize_t written = write(bell, &once, sizeof once);
    }
  };
  Descriptor bell_;
  std::stop_callback<Ring> callback_;
};

/// Reads both outputs until the program has ended; ends it when asked to stop.
void attend(const Child& child, Output& out, Output& err, const StopBell& stop) {
  std::optional<steady_clock::time_point> kill_at;
  bool stopping = false;
  for (;;) {
    std::array<pollfd, 4> waits = {{{out.from().number(), POLLIN, 0},
                                    {err.from().number(), POLLIN, 0},
                                    {child.ended().number(), POLLIN, 0},
                                    {stopping ? -1 : stop.bell().number(), POLLIN, 0}}};
    int timeout = -1;
    if (kill_at) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*kill_at - steady_clock::now());
      timeout = left.count() > 0 ? static_cast<int>(left.count()) : 0;
    }
    const int ready = poll(waits.data(), waits.size(), timeout);
    if (ready < 0) continue;  // EINTR
    if (ready == 0) {
      child.send(SIGKILL);
      kill_at.reset();
      continue;
    }
    out.drain();
    err.drain();
    if (waits[2].revents != 0) return;
    if (waits[3].revents != 0) {
      stopping = true;
      child.send(SIGTERM);
      kill_at = steady_clock::now() + kGrace;
    }
  }
}

}  // namespace

Result<Finished> run_program(const Program& program, const std::stop_token& stop,
                             const std::function<void(std::string_view)>& on_error_line) {
  const std::string& path = program.arguments.front();
  const auto stopped = [&] { return fail(ErrorCode::interrupted, path + " was stopped"); };
  if (stop.stop_requested()) return stopped();

  const ProgramImage image(program.arguments, program.environment);
  const Descriptor input = Descriptor::beyond_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Pipe out = Pipe::create();
  Pipe err = Pipe::create();
  Pipe failure = Pipe::create();
  const StopBell bell(stop);
  if (!input.open() || !out.write.open() || !err.write.open() || !failure.write.open() ||
      !bell.bell().open()) {
    return cannot_start(path, errno);
  }

  const Birth birth = {image,   program.descriptors, input.number(), out.write.number(), err.write.number(),
                       getpid()};
  Child child = Child::start(
      [&] {
        become(birth);
        const int reason = errno;
        [[maybe_unused]] const ssize_t written = write(failure.write.number(), &reason, sizeof reason);
      },
      Child::Signals::to_its_group);
  if (!child.started()) return cannot_start(path, errno);
  out.write.reset();
  err.write.reset();
  failure.write.reset();
  if (const int reason = read_failure(failure.read); reason != 0) return cannot_start(path, reason);
  if (!child.ended().open())
    return child.gone() ? nobody_knows_how_it_ended(path) : cannot_start(path, ENOSYS);

  const std::function<void(std::string_view)> nobody;
  Output out_text(std::move(out.read), nobody);
  Output err_text(std::move(err.read), on_error_line);
  attend(child, out_text, err_text, bell);
  out_text.drain();
  err_text.drain();
  child.send(SIGKILL);  // whatever it has left behind in its group; it has itself ended
  const std::optional<int> status = child.wait();
  if (stop.stop_requested()) return stopped();
  if (!status) return nobody_knows_how_it_ended(path);
  return Finished{exit_status(*status), out_text.finish(), err_text.finish()};
}

}  // namespace pghaul::process
