// Drives a design that Yosys's write_cxxrtl wrote to design.cc, in bulk, through a C interface (sim/simulators/compiled.py).
//
// Between calls the clock is low. A cycle is: inputs are applied, combinational values settle, they are sampled, and
// then the rising edge comes.
//
// TRACE: writes a VCD. ONE_EVALUATION, OTHER_EDGES: see _defines in sim/simulators/cxxrtl.py.

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// An address outside a memory reads as zero and writes nothing, as in Amaranth's simulator; what else the generated
// code asserts are the design's own assertions.
static inline void contract(bool holds, const char *text) {
    if (!holds && std::strstr(text, "out of bounds") == nullptr)
        throw std::runtime_error(text);
}
#define CXXRTL_ASSERT(condition) contract((condition), #condition)

#include "design.cc"
#ifdef TRACE
#include <cxxrtl/cxxrtl_vcd.h>
#endif

#ifdef _WIN32
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

typedef void (*Sink)(const char *data, int64_t size);  // takes text of the VCD

struct Port {
    std::string name;
    uint32_t *curr, *next;
    int64_t width, chunks;
    bool input;
};

struct Stream {  // as in sim/simulators/native.py
    int32_t valid, ready, payload, active;  // ports, -1 for a signal that is always 1; active: an item is on offer
    int64_t count, done;
    uint32_t *words;
    int64_t stride;  // 32-bit chunks from one word to the next
    int64_t *cycles;
    uint64_t random;
};

struct Changes {
    int32_t port, unused;
    int64_t count;
    const int64_t *times, *values;
};

enum Outcome { DONE, DEADLINE, NOT_HELD, FAILED };

struct Simulation {
    cxxrtl_design::p_top top;
    cxxrtl::debug_items items;
    std::vector<Port> ports;
    std::vector<std::vector<int64_t>> times, values;  // what play() recorded
    std::string error;
    int64_t cycle = 0;
    int32_t culprit = -1;
#ifdef TRACE
    cxxrtl::vcd_writer vcd;
    Sink sink = nullptr;
#endif

    Simulation() {
        top.debug_info(&items, nullptr, "");
        for (auto &[name, parts] : items.table) {
            auto &item = parts[0];
            bool is_port = item.flags & (cxxrtl::debug_item::INPUT | cxxrtl::debug_item::OUTPUT);
            if (is_port && parts.size() == 1 && name.find(' ') == std::string::npos)
                ports.push_back({name, item.curr, item.next, int64_t(item.width), int64_t(item.width + 31) / 32,
                                 bool(item.flags & cxxrtl::debug_item::INPUT)});
        }
    }

    void converge() {
        bool converged;
        do
            converged = top.eval();
        while (top.commit() && !converged);
    }

#ifdef ONE_EVALUATION
    void settle() { top.eval(); }
    void before_edge() {
        top.p_clk.set<uint32_t>(1);
        top.eval();
    }
    void edge() {
        top.p_clk.set<uint32_t>(0);
        top.commit();
        cycle++;
    }
#else
    void settle() { converge(); }
    void before_edge() {
        converge();
        sample(0);
    }
    void edge() {
        top.p_clk.set<uint32_t>(1);
        converge();
        sample(5);
        top.p_clk.set<uint32_t>(0);
#ifdef OTHER_EDGES
        converge();  // what the falling edge stores are the inputs of this cycle, not those of the next
#endif
        cycle++;
    }
    void sample(int nanoseconds) {
#ifdef TRACE
        if (sink == nullptr)
            return;
        vcd.sample(10 * cycle + nanoseconds);
        if (vcd.buffer.size() > 1 << 20)
            flush();
#endif
    }
#endif

    void flush() {
#ifdef TRACE
        if (sink != nullptr && !vcd.buffer.empty())
            sink(vcd.buffer.data(), vcd.buffer.size());
        vcd.buffer.clear();
#endif
    }

    uint64_t read(int32_t port) const {
        const Port &p = ports[port];
        return p.chunks > 1 ? p.curr[0] | uint64_t(p.curr[1]) << 32 : p.curr[0];
    }
    bool bit(int32_t port) const { return port < 0 || ports[port].curr[0]; }
    void write(int32_t port, uint64_t value) {
        Port &p = ports[port];
        p.next[0] = uint32_t(value);
        if (p.chunks > 1)
            p.next[1] = uint32_t(value >> 32);
    }
    void raise(int32_t port, bool level) {
        if (port >= 0)
            ports[port].next[0] = level;
    }
};

// A generator of 64 bits (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014).
static bool draw(Stream &stream, uint64_t threshold) {
    uint64_t z = stream.random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return ((z ^ (z >> 31)) >> 32) < threshold;
}

template<class Function>
static int guarded(Simulation *simulation, Function function) {
    try {
        int outcome = function();
        simulation->settle();
        return outcome;
    } catch (const std::exception &failure) {
        simulation->error = failure.what();
        return FAILED;
    }
}

EXPORT Simulation *sim_create() {
    auto simulation = new Simulation;
    simulation->settle();
    return simulation;
}

EXPORT void sim_destroy(Simulation *simulation) {
    simulation->flush();
    delete simulation;
}

EXPORT int32_t sim_trace(Simulation *simulation, Sink sink) {
#ifdef TRACE
    simulation->vcd.timescale(1, "ns");
    simulation->vcd.add_without_memories(simulation->items);
    simulation->sink = sink;
    return 1;
#else
    return 0;
#endif
}

EXPORT int32_t sim_ports(Simulation *simulation) { return simulation->ports.size(); }

EXPORT const char *sim_port(Simulation *simulation, int32_t port, int64_t *width, int32_t *input) {
    const Port &p = simulation->ports[port];
    *width = p.width;
    *input = p.input;
    return p.name.c_str();
}

EXPORT uint32_t *sim_current(Simulation *simulation, int32_t port) { return simulation->ports[port].curr; }
EXPORT uint32_t *sim_next(Simulation *simulation, int32_t port) { return simulation->ports[port].next; }
EXPORT int64_t sim_cycle(Simulation *simulation) { return simulation->cycle; }
EXPORT const char *sim_error(Simulation *simulation) { return simulation->error.c_str(); }
EXPORT int32_t sim_culprit(Simulation *simulation) { return simulation->culprit; }

EXPORT int sim_settle(Simulation *simulation) {
    return guarded(simulation, [] { return DONE; });
}

EXPORT int sim_step(Simulation *simulation, int64_t cycles) {
    return guarded(simulation, [=] {
        for (int64_t i = 0; i < cycles; i++) {
            simulation->before_edge();
            simulation->edge();
        }
        return DONE;
    });
}

// Applies the changes of `inputs` before the edge that their times say, counted from 0; records each value of
// `outputs` at edge 0, and every change after that.
EXPORT int sim_play(Simulation *simulation, int64_t cycles, int32_t drivers, const Changes *inputs, int32_t recorders,
                    const int32_t *outputs) {
    return guarded(simulation, [=] {
        std::vector<int64_t> place(drivers, 0);
        std::vector<uint64_t> last(recorders);
        simulation->times.assign(recorders, {});
        simulation->values.assign(recorders, {});
        int64_t next = 0;
        for (int64_t now = 0; now < cycles; now++) {
            if (now >= next) {
                next = INT64_MAX;
                for (int32_t i = 0; i < drivers; i++) {
                    const Changes &changes = inputs[i];
                    int64_t &at = place[i];
                    for (; at < changes.count && changes.times[at] <= now; at++)
                        simulation->write(changes.port, changes.values[at]);
                    if (at < changes.count && changes.times[at] < next)
                        next = changes.times[at];
                }
            }
            simulation->before_edge();
            for (int32_t i = 0; i < recorders; i++) {
                uint64_t value = simulation->read(outputs[i]);
                if (now == 0 || value != last[i]) {
                    simulation->times[i].push_back(now);
                    simulation->values[i].push_back(value);
                    last[i] = value;
                }
            }
            simulation->edge();
        }
        return DONE;
    });
}

EXPORT int64_t sim_recorded(Simulation *simulation, int32_t place, const int64_t **times, const int64_t **values) {
    *times = simulation->times[place].data();
    *values = simulation->values[place].data();
    return simulation->times[place].size();
}

// Sends and receives words until all streams are done. `threshold` ÷ 2^32 is the probability of a stall: before each
// offer of an input's word and in each cycle of an output.
EXPORT int sim_transact(Simulation *simulation, int32_t senders, Stream *inputs, int32_t receivers, Stream *outputs,
                        uint64_t threshold, int64_t deadline) {
    return guarded(simulation, [=] {
        std::vector<std::vector<uint32_t>> held(receivers);  // the item that was not taken, in the cycle before
        int32_t open = 0;
        for (int32_t i = 0; i < senders; i++)
            open += inputs[i].count > 0;
        for (int32_t i = 0; i < receivers; i++)
            open += outputs[i].count > 0;
        Outcome outcome = DONE;
        for (int64_t now = 0; open > 0 && outcome == DONE; now++) {
            if (now == deadline) {
                outcome = DEADLINE;
                break;
            }
            for (int32_t i = 0; i < senders; i++) {
                Stream &s = inputs[i];
                if (!s.active && s.done < s.count && !draw(s, threshold)) {
                    const Port &payload = simulation->ports[s.payload];
                    std::memcpy(payload.next, s.words + s.done * s.stride, 4 * payload.chunks);
                    s.active = 1;
                }
                simulation->raise(s.valid, s.active);
            }
            for (int32_t i = 0; i < receivers; i++) {
                Stream &s = outputs[i];
                s.active = s.done < s.count && (s.ready < 0 || !draw(s, threshold));
                simulation->raise(s.ready, s.active);
            }
            simulation->before_edge();
            for (int32_t i = 0; i < senders; i++) {
                Stream &s = inputs[i];
                if (s.active && simulation->bit(s.ready)) {
                    s.active = 0;
                    s.cycles[s.done++] = simulation->cycle;
                    open -= s.done == s.count;
                }
            }
            for (int32_t i = 0; i < receivers; i++) {
                Stream &s = outputs[i];
                const Port &payload = simulation->ports[s.payload];
                bool valid = simulation->bit(s.valid);
                if (!held[i].empty()) {
                    if (!valid || std::memcmp(held[i].data(), payload.curr, 4 * payload.chunks)) {
                        outcome = NOT_HELD;
                        simulation->culprit = i;
                    }
                    held[i].clear();
                }
                if (valid && s.active) {
                    std::memcpy(s.words + s.done * s.stride, payload.curr, 4 * payload.chunks);
                    s.cycles[s.done++] = simulation->cycle;
                    open -= s.done == s.count;
                } else if (valid && s.ready >= 0)
                    held[i].assign(payload.curr, payload.curr + payload.chunks);
            }
            simulation->edge();
        }
        for (int32_t i = 0; i < senders; i++)
            simulation->raise(inputs[i].valid, false);
        for (int32_t i = 0; i < receivers; i++)
            simulation->raise(outputs[i].ready, false);
        return int(outcome);
    });
}
