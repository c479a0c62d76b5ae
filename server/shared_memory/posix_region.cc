#include "server/shared_memory/posix_region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/shared_memory/fault_guard.h"
#include "src/base/errors.h"

namespace activation::shared_memory {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) close(number_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

// Pages in this process' memory; unmapped with the object.
class Mapping {
 public:
  // Where all pages have memory they are found now, so that the first call need not fault for
  // them. Pages that nobody touched yet would be given memory: that is left to who uses them.
  Mapping(int file, uint64_t offset, size_t bytes, bool is_allocated)
      : bytes_(bytes),
        begin_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file,
                    static_cast<off_t>(offset))) {
    if (!valid() || !is_allocated) return;
    // Where Linux is older than 5.14, or pages are gone meanwhile, calls find them, or do not.
    ForEachPiece([](void* piece, size_t size) { madvise(piece, size, MADV_POPULATE_READ); });
  }
  ~Mapping() {
    if (valid()) ForEachPiece([](void* piece, size_t size) { munmap(piece, size); });
  }
  Mapping(Mapping&& other) noexcept
      : bytes_(other.bytes_), begin_(std::exchange(other.begin_, MAP_FAILED)) {}
  Mapping& operator=(Mapping&&) = delete;

  bool valid() const { return begin_ != MAP_FAILED; }
  std::byte* begin() const { return static_cast<std::byte*>(begin_); }
  size_t bytes() const { return bytes_; }

 private:
  // While pages of a mapping come or go no other thread of the process can map memory, nor its
  // allocator: of gigabytes at once that is a second.
  template <class Visit>
  void ForEachPiece(Visit visit) const {
    constexpr size_t kPiece = size_t{16} << 20;
    for (size_t at = 0; at < bytes_; at += kPiece) {
      visit(begin() + at, std::min(kPiece, bytes_ - at));
    }
  }

  size_t bytes_;
  void* begin_;
};

// What the system says of an object of memory.
struct Object {
  uint64_t bytes = 0;
  uint64_t allocated_bytes = 0;
  std::string identity;
};

// Nothing of any other file.
std::optional<Object> Examine(int file) {
  constexpr uint64_t kBlock = 512;  // of st_blocks, whatever the file system's is
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0) {
    return std::nullopt;
  }
  return Object{static_cast<uint64_t>(status.st_size),
                static_cast<uint64_t>(status.st_blocks) * kBlock,
                absl::StrCat(status.st_dev, ":", status.st_ino)};
}

struct Opened {
  FileDescriptor file;
  Object object;
};

absl::StatusOr<Opened> Open(const std::string& key) {
  // Follows no link, as shm_open does by itself, too, and does not wait for who has a lease on the
  // object, for as long as the system gives him.
  FileDescriptor file(shm_open(key.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0));
  if (file.number() < 0) return CannotOpenSharedMemory(errno);
  std::optional<Object> object = Examine(file.number());
  if (!object.has_value()) return InvalidField("key", "names no object of shared memory");
  return Opened{std::move(file), *std::move(object)};
}

uint64_t SizeOfObject(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

// Which part of an object a region is. `end` does not overflow.
struct Part {
  uint64_t offset;
  uint64_t end;
  // How far the region begins behind the page that it begins in.
  uint64_t lead;
};

class PosixRegion final : public Region {
 public:
  PosixRegion(FileDescriptor file, Mapping mapping, FaultGuard guard, const Part& part,
              std::string identity)
      : file_(std::move(file)),
        mapping_(std::move(mapping)),
        guard_(std::move(guard)),
        part_(part),
        origin_{std::move(identity), part.offset} {}

  std::byte* data() const override { return mapping_.begin() + part_.lead; }
  size_t bytes() const override { return part_.end - part_.offset; }

  const Origin& origin() const override { return origin_; }

  bool Unlinked() const override {
    struct stat status {};
    return fstat(file_.number(), &status) == 0 && status.st_nlink == 0;
  }

  // The size tells what no fault does: a cut inside the last page. A fault inside the size
  // is most often a page that the system has no memory for.
  absl::Status Whole() const override {
    if (SizeOfObject(file_.number()) < part_.end) return BrokenRegion();
    return guard_.faulted() ? RegionWithoutPage() : absl::OkStatus();
  }

 private:
  const FileDescriptor file_;
  const Mapping mapping_;
  const FaultGuard guard_;  // goes before the mapping
  const Part part_;
  const Origin origin_;
};

absl::StatusOr<Part> FindPart(uint64_t object_bytes, uint64_t offset, uint64_t bytes) {
  if (bytes == 0) return InvalidField("bytes", "must be at least 1");
  if (offset > object_bytes || bytes > object_bytes - offset) {
    return InvalidField("bytes", absl::StrCat(bytes, " bytes at offset ", offset,
                                              " do not lie inside the object of ", object_bytes));
  }
  const auto page_size = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return Part{offset, offset + bytes, offset % page_size};
}

}  // namespace

absl::Status CheckKey(absl::string_view key, absl::string_view prefix) {
  constexpr size_t kMostBytes = NAME_MAX;
  if (key.size() < 2 || key.size() > kMostBytes || key[0] != '/') {
    return InvalidField(
        "key", absl::StrCat("must be a slash and a name, together at most ", kMostBytes, " bytes"));
  }
  if (key.find('/', 1) != absl::string_view::npos || key.find('\0') != absl::string_view::npos) {
    return InvalidField("key", "must have no slash but the first, and no byte of 0");
  }
  // The whole prefix is no name yet; dots are no way out of the folder.
  if (!absl::StartsWith(key, prefix) || key == "/." || key == "/..") {
    return InvalidField("key", absl::StrCat("must begin with ", prefix,
                                            ", which --shared-memory-prefix of the server says"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> IdentifyPosixObject(const std::string& key) {
  absl::StatusOr<Opened> opened = Open(key);
  if (!opened.ok()) return opened.status();
  return std::move(opened->object.identity);
}

absl::StatusOr<std::unique_ptr<Region>> OpenPosixRegion(const std::string& key, uint64_t offset,
                                                        uint64_t bytes) {
  absl::StatusOr<Opened> opened = Open(key);
  if (!opened.ok()) return opened.status();
  auto& [file, object] = *opened;
  const absl::StatusOr<Part> part = FindPart(object.bytes, offset, bytes);
  if (!part.ok()) return part.status();
  Mapping mapping(file.number(), offset - part->lead, part->lead + bytes,
                  object.allocated_bytes >= object.bytes);
  if (!mapping.valid()) return CannotMapSharedMemory();
  std::optional<FaultGuard> guard = FaultGuard::Guard(mapping.begin(), mapping.bytes());
  if (!guard.has_value()) return CannotMapSharedMemory();
  return std::make_unique<PosixRegion>(std::move(file), std::move(mapping), *std::move(guard),
                                       *part, std::move(object.identity));
}

}  // namespace activation::shared_memory
