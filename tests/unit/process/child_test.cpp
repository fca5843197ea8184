#include "process/child.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "process/in_child.h"

namespace pghaul::process {
namespace {

using namespace std::chrono_literals;

/// A pipe by which a test and a child tell each other something.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void tell(char what) const { EXPECT_EQ(write(ends_[1], &what, 1), 1); }
  /// Returns the byte that was sent; '-' once nobody can send any.
  [[nodiscard]] char hear() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
    char what = '-';
    EXPECT_GE(read(ends_[0], &what, 1), 0);
    return what;
  }
  [[nodiscard]] int write_end() const noexcept { return ends_[1]; }

 private:
  int ends_[2] = {-1, -1};
};

[[noreturn]] void sleep_for_ever() {
  for (;;) pause();
}

TEST(Child, EndsAsItsBodySays) {
  Child child = Child::start([] { _exit(3); });
  ASSERT_TRUE(child.started());
  const std::optional<int> status = child.wait();
  ASSERT_TRUE(status);
  EXPECT_EQ(WEXITSTATUS(*status), 3);
}

TEST(Child, WhoseBodyReturnsHasStartedNothing) {
  Child child = Child::start([] {});
  EXPECT_EQ(WEXITSTATUS(*child.wait()), 127);
}

TEST(Child, EndsWithinATimeOrNot) {
  Child child = Child::start([] { sleep_for_ever(); });
  EXPECT_FALSE(child.ends_within(0ms));
  child.send(SIGKILL);
  EXPECT_TRUE(child.ends_within(60s));
  EXPECT_EQ(WTERMSIG(*child.wait()), SIGKILL);
}

TEST(Child, IsKilledAndReapedWhenDestroyed) {
  Pipe pipe;
  {
    const Child child = Child::start([] { sleep_for_ever(); });
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // there is no other
  EXPECT_EQ(pipe.hear(), '-');
}

TEST(Child, TakesItsGroupAlongWhenDestroyed) {
  Pipe pipe;
  {
    const Child child = Child::start(
        [&] {
          const Child grandchild = Child::start([&] {
            pipe.tell('x');
            sleep_for_ever();
          });
          sleep_for_ever();
        },
        Child::Signals::to_its_group);
    EXPECT_EQ(pipe.hear(), 'x');
  }
  EXPECT_EQ(pipe.hear(), '-');
}

TEST(Child, RunsNoHandlerOfOurs) {
  static volatile std::sig_atomic_t handled = 0;
  const auto before = std::signal(SIGUSR1, [](int) { handled = 1; });
  Child child = Child::start([] {
    raise(SIGUSR1);  // stays pending
    _exit(handled);
  });
  EXPECT_EQ(WEXITSTATUS(*child.wait()), 0);
  std::signal(SIGUSR1, before);
}

TEST(Child, LeavesOurSignalsAsTheyWere) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  const Child child = Child::start([] { _exit(0); });
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int number : {SIGINT, SIGTERM, SIGCHLD, SIGALRM}) {
    EXPECT_EQ(sigismember(&before, number), sigismember(&after, number));
  }
}

TEST(Child, WhoseEndNobodyCanTellHasNoStatus) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  Child child = Child::start([] { _exit(0); });
  EXPECT_EQ(child.wait(), std::nullopt);
  std::signal(SIGCHLD, before);
}

TEST(InChild, ClosesAllDescriptorsButOne) {
  Pipe kept;
  Pipe closed;
  Child child = Child::start([&] {
    close_all_but(kept.write_end());
    const bool is_closed = write(closed.write_end(), "x", 1) < 0;
    const char answer = is_closed ? 'y' : 'n';
    _exit(write(kept.write_end(), &answer, 1) == 1 ? 0 : 1);
  });
  EXPECT_EQ(kept.hear(), 'y');
  EXPECT_EQ(closed.hear(), '-');
  EXPECT_EQ(WEXITSTATUS(*child.wait()), 0);
}

}  // namespace
}  // namespace pghaul::process
