#include "support/terminal.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace pghaul::support {

Terminal::Terminal(const std::vector<std::string>& argv, const Environment& environment) {
  std::vector<std::string> arguments = argv;
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  winsize size{};
  size.ws_col = 80;
  size.ws_row = 24;
  pid_ = forkpty(&descriptor_, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::runtime_error("cannot open a terminal");
  if (pid_ > 0) return;
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  execvp(pointers.front(), pointers.data());
  _exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(descriptor_);
}

void Terminal::expect(const std::string& text) {
  while (shown_.find(text) == std::string::npos) {
    if (!read_more()) throw std::runtime_error("it ended without '" + text + "', showing:\n" + shown_);
  }
}

void Terminal::type(const std::string& keys) const {
  if (write(descriptor_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::runtime_error("cannot type");
  }
}

void Terminal::resize(unsigned short columns, unsigned short rows) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  if (ioctl(descriptor_, TIOCSWINSZ, &size) != 0) throw std::runtime_error("cannot resize the terminal");
  shown_.clear();
}

int Terminal::wait() {
  while (read_more()) continue;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool Terminal::read_more() {
  std::array<char, 4096> bytes{};
  ssize_t count = 0;
  do {
    count = read(descriptor_, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;  // EIO: the last program of the terminal has ended
  shown_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

}  // namespace pghaul::support
