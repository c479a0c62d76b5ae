// Threads that work on runs piece by piece. A run is any number of independent
// pieces; several workers take pieces of one run at once, and runs take turns,
// so a large one does not keep later ones waiting. Thread-safe.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_WORKER_POOL_H_
#define ACTIVATION_SRC_BACKENDS_CPU_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace activation {

class WorkerPool {
 public:
  // Work in pieces. DoPiece is called once for each piece below piece_count(),
  // from several threads at once.
  class Run {
   public:
    virtual ~Run() = default;
    virtual size_t piece_count() const = 0;
    virtual void DoPiece(size_t piece) = 0;

   private:
    friend class WorkerPool;

    // Guarded by the pool's mutex.
    std::shared_ptr<Run> next_;  // in its queue
    size_t next_piece_ = 0;
  };

  explicit WorkerPool(int threads);
  // Finishes all that was added, then joins.
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `run`, which was never added before, has at least one piece. Allocates nothing.
  void Add(std::shared_ptr<Run> run);

  int threads() const { return static_cast<int>(threads_.size()); }

 private:
  // With the mutex.
  void Enqueue(std::shared_ptr<Run> run);
  std::shared_ptr<Run> Dequeue();

  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  // A queue of runs that have a piece left, each with the next. Guarded by mutex_.
  std::shared_ptr<Run> first_;
  Run* last_ = nullptr;
  bool stopping_ = false;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_WORKER_POOL_H_
