#include "process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "process/captured_output.h"
#include "process/descriptor.h"

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

tl::unexpected<Error> cannot_start(const std::string& path, int reason) {
  const bool short_of = reason == EAGAIN || reason == ENOMEM || reason == EMFILE || reason == ENFILE;
  return fail(ErrorCode::system, "cannot start " + path + ": " + std::strerror(reason),
              short_of
                  ? "run fewer jobs at a time, or raise the limit that stands in the way (ulimit -a; of a "
                    "container: its limits on pids and memory)"
                  : "");
}

tl::unexpected<Error> nobody_knows_how_it_ended(const std::string& path) {
  return fail(ErrorCode::system, "cannot learn how " + path + " ended",
              "the program that uses pghaul must neither ignore SIGCHLD nor wait for children of others");
}

/// A null-terminated array of C strings, as exec takes it.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

/// PG* variables could contradict what the program is told, and PGPASSWORD, PGHAUL_SOURCE hold secrets.
std::vector<std::string> environment_for(const Program& program) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with("PG") && !program.environment.contains(name)) result.emplace_back(text);
  }
  for (const auto& [name, value] : program.environment) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

/// All that the child needs between fork and exec, where nothing may allocate or lock.
struct Birth {
  char** arguments;
  char** environment;
  const std::vector<int>& descriptors;
  int input, out, err, failure;
  pid_t parent;
};

/// In the child: only async-signal-safe calls. Comes back, with errno set, when it can't start the program.
void become(const Birth& birth) {
  setpgid(0, 0);  // a terminal's Ctrl-C reaches pghaul alone, and pghaul reaches all of the program
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  if (getppid() != birth.parent) _exit(128 + SIGKILL);  // it went before the line above was heard
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP}) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (dup2(birth.input, STDIN_FILENO) < 0 || dup2(birth.out, STDOUT_FILENO) < 0 ||
      dup2(birth.err, STDERR_FILENO) < 0) {
    return;
  }
  if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return;
  for (const int descriptor : birth.descriptors) {
    if (fcntl(descriptor, F_SETFD, 0) != 0) return;
  }
  execve(birth.arguments[0], birth.arguments, birth.environment);
}

/// A started program. Ownership  killed and reaped when destroyed before wait().
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid),
        ended_(Descriptor::beyond_standard(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)))),
        gone_(!ended_.open() && errno == ESRCH) {}
  ~Child() {
    if (pid_ > 0) {
      send(SIGKILL);
      (void)wait();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Readable once it has ended.
  [[nodiscard]] const Descriptor& ended() const noexcept { return ended_; }
  /// Somebody else has reaped it already.
  [[nodiscard]] bool gone() const noexcept { return gone_; }
  /// To all of its process group.
  void send(int signal) const { kill(-pid_, signal); }
  /// Nothing when nobody can say: the process ignores SIGCHLD, or waits for children that aren't its own.
  [[nodiscard]] std::optional<int> wait() {
    send(SIGKILL);  // whatever it has left behind in its group; it has itself ended, or must
    int status = 0;
    pid_t ended = 0;
    do {
      ended = waitpid(pid_, &status, 0);
    } while (ended < 0 && errno == EINTR);
    pid_ = 0;
    if (ended < 0) return std::nullopt;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
  Descriptor ended_;
  bool gone_;
};

/// The errno of an exec that failed; 0 when the program runs.
int read_failure(const Descriptor& failure) {
  int reason = 0;
  while (read(failure.number(), &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  return reason;
}

/// One of the program's outputs: what it wrote, and its lines to whoever wants them.
class Output {
 public:
  Output(Descriptor from, const std::function<void(std::string_view)>& on_line)
      : from_(std::move(from)), on_line_(on_line) {
    fcntl(from_.number(), F_SETFL, O_NONBLOCK);
  }

  [[nodiscard]] const Descriptor& from() const noexcept { return from_; }

  /// Takes all that has come so far.
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

/// Becomes readable when a stop is requested.
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

  std::vector<std::string> argument_texts = program.arguments;
  std::vector<std::string> environment_texts = environment_for(program);
  std::vector<char*> arguments = pointers(argument_texts);
  std::vector<char*> environment = pointers(environment_texts);
  const Descriptor input = Descriptor::beyond_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Pipe out = Pipe::create();
  Pipe err = Pipe::create();
  Pipe failure = Pipe::create();
  const StopBell bell(stop);
  if (!input.open() || !out.write.open() || !err.write.open() || !failure.write.open() ||
      !bell.bell().open()) {
    return cannot_start(path, errno);
  }

  const Birth birth = {arguments.data(),   environment.data(), program.descriptors,    input.number(),
                       out.write.number(), err.write.number(), failure.write.number(), getpid()};
  const pid_t pid = fork();
  if (pid == 0) {
    become(birth);
    const int reason = errno;
    [[maybe_unused]] const ssize_t told = write(birth.failure, &reason, sizeof reason);
    _exit(127);
  }
  if (pid < 0) return cannot_start(path, errno);
  Child child(pid);
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
  const std::optional<int> exit_status = child.wait();
  if (stop.stop_requested()) return stopped();
  if (!exit_status) return nobody_knows_how_it_ended(path);
  return Finished{*exit_status, out_text.finish(), err_text.finish()};
}

}  // namespace pghaul::process
