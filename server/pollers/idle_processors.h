// How many of the processors that this process may run on had nothing to do, as Linux counts it.
#ifndef ACTIVATION_SERVER_POLLERS_IDLE_PROCESSORS_H_
#define ACTIVATION_SERVER_POLLERS_IDLE_PROCESSORS_H_

#include <cstdint>
#include <istream>

namespace activation {

// Since the system started, of some processors together.
struct ProcessorTicks {
  uint64_t idle = 0;
  uint64_t all = 0;
  int processors = 0;
};

// Of those that this thread may run on, from `stat`, the text of /proc/stat (proc(5)). What is no
// such text counts for nothing.
ProcessorTicks ReadProcessorTicks(std::istream& stat);

// Thread-compatible.
class IdleProcessors {
 public:
  // Begins to count. Reads a file that takes Linux some microseconds a processor.
  void Begin();
  // Processors idle since Begin(), on average: 0 to as many as there are. Where the system does
  // not say, all are.
  double SinceBegin() const;

 private:
  ProcessorTicks begin_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_POLLERS_IDLE_PROCESSORS_H_
