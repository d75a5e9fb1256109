#pragma once

#include <string_view>

namespace kasauti::tests {

/// A litmus history and what each model says of it: `+` holds, `-` violated, `.` not applicable, `u` unknown, `t`
/// violated only under the real-time order of writes, so that formally it holds.
struct LitmusRow {
  std::string_view id;
  std::string_view history;
  std::string_view verdicts;  ///< one sign for each of litmus_columns
};

/// L S CM CCv CC PRAM K RYW MR S4 cv.
inline constexpr std::string_view litmus_columns[] = {
    "linearizable", "sequential", "causal-memory", "causal-convergent", "causal", "pram",
    "per-key-sequential", "read-your-writes", "monotonic-reads", "session", "convergent",
};

/// Textbook shapes (store buffering, message passing, …), cases from stores, and the figure of Bouajjani et al., POPL
/// 2017 (F2). The verdicts were found by brute force from the definitions, apart from this project's engines.
inline constexpr LitmusRow litmus_table[] = {
    {"R1-0", "p1:w(x,1) // p2:w(x,2) // p3:r(x)->0", "++++++++++."},
    {"R1-1", "p1:w(x,1) // p2:w(x,2) // p3:r(x)->1", "++++++++++."},
    {"R1-2", "p1:w(x,1) // p2:w(x,2) // p3:r(x)->2", "++++++++++."},
    {"R2 thin air", "p1:w(x,1) // p2:w(x,2) // p3:r(x)->3", "----------."},
    {"R3", "p1:w(x,1) // p2:w(x,2); p3:r(x)->1 r(x)->1", "++++++++++."},
    {"R4", "p1:w(x,1); p2:w(x,2); p3:r(x)->1 r(x)->1", "-+++++++++."},
    {"R5 stale", "p1:w(x,1); p2:r(x)->0", "-+++++++++."},
    {"R6 future", "p1:r(x)->1; p2:w(x,1)", "-+++++++++."},
    {"R7 photo", "p1:w(x,1) r(x)->0", "--------+-."},
    {"R8 own older", "p1:w(x,1) w(x,2) r(x)->1", "-------t+-."},
    {"R9 Paris", "p1:w(x,1); p2:r(x)->1 r(x)->0", "-------+--."},
    {"R10 CoRR", "p1:w(x,1) w(x,2); p2:r(x)->2 r(x)->1", "-------+t-."},
    {"R11 CoRR", "p1:w(x,1) // p2:w(x,2); p3:r(x)->2 r(x)->1", "-+++++++++."},
    {"R12 flip", "p1:w(x,1) // p2:w(x,2); p3:r(x)->1 r(x)->2 r(x)->1", "----+--+--."},
    {"R13 opposite", "p1:w(x,1) // p2:w(x,2); p3:r(x)->1 r(x)->2 // p4:r(x)->2 r(x)->1", "--+-++-+++."},
    {"R14 lunch, WRC", "p1:w(q,1); p2:r(q)->1 w(a,1); p3:r(a)->1 r(q)->0", "-----++++-."},
    {"R15 MP, media", "p1:w(d,1) w(f,1); p2:r(f)->1 r(d)->0", "------+++-."},
    {"R16 WFR", "p1:w(x,1); p2:r(x)->1 w(x,2); p3:r(x)->2 r(x)->1", "-----+-+t-."},
    {"R17 SB", "p1:w(x,1) r(y)->0 // p2:w(y,1) r(x)->0", "--++++++++."},
    {"R18 IRIW", "p1:w(x,1) // p2:w(y,1); p3:r(x)->1 r(y)->0 // p4:r(y)->1 r(x)->0", "--++++++++."},
    {"R19 LB", "p1:r(x)->1 w(y,1) // p2:r(y)->1 w(x,1)", "-----++++-."},
    {"R20 2+2W", "p1:w(x,1) w(y,2) // p2:w(y,1) w(x,2); p3:r(x)->1 r(y)->1", "-+++++++++."},
    {"R21 2+2W", "p1:w(x,1) w(y,2) r(y)->1 // p2:w(y,1) w(x,2) r(x)->1", "--+-+++t+t."},
    {"R22 quorum", "p1:w(x,1)~; p2:r(x)->1; p3:r(x)->0", "-+++++++++."},
    {"R23 quorum", "p1:w(x,1)~; p2:r(x)->1 r(x)->0", "-------+--."},
    {"R24 info flips", "p1:w(x,1)?; p2:r(x)->1; p3:r(x)->0", "-+++++++++."},
    {"R25 batch", "p1:w(x,1) w(y,1) w(x,2); p2:r(x)->2 r(y)->0", "------+++-."},
    {"R26 overlaps", "p1:w(x,1) // b:w(y,1)~ // c:w(x,2); p2:r(x)->2 r(y)->0", "++++++++++."},
    {"R27 session", "p1@u:w(x,1); p2@u:r(x)->0", "--------+-."},
    {"R28 failed", "p1:w(x,1)!; p2:r(x)->1", "----------."},
    {"R29 info late", "p1:w(x,1)?; p2:r(x)->0 r(x)->1", "++++++++++."},
    {"R30 LWW skew", "p1:w(x,1); p2:r(x)->1 w(x,2) r(x)->1", "-------t+-."},
    {"F2a", "p1:w(x,1) r(x)->2 // p2:w(x,2) r(x)->1", "--+-++-+++."},
    {"F2b", "p1:w(z,1) w(x,1) w(y,1) // p2:w(x,2) r(z)->0 r(y)->1 r(x)->2", "---++-+++t."},
    {"F2c", "p1:w(x,1) // p2:w(x,2) r(x)->1 r(x)->2", "----+--++-."},
    {"F2d", "p1:w(x,1) r(y)->0 w(y,1) r(x)->1 // p2:w(x,2) r(y)->0 w(y,2) r(x)->2", "--++++++++."},
    {"F2e", "p1:w(x,1) w(y,1) // p2:r(y)->1 w(x,2) // p3:r(x)->2 r(x)->1", "-----+++t-."},
    {"C1 diverged", "p1:w(x,1) // p2:w(x,2) # f1:r(x)->1 // f2:r(x)->2", "-+++++++++-"},
    {"C2 lost", "p1:w(x,1) w(x,2) # f1:r(x)->1 // f2:r(x)->1", "-+++++++++-"},
    {"C3 LWW", "p1:w(x,1); p2:w(x,2) # f1:r(x)->1 // f2:r(x)->1", "-+++++++++t"},
    {"C4 late info", "p1:w(x,1)? # f1:r(x)->0; f2:r(x)->1", "++++++++++u"},
    {"C5 phone, email", "p1:w(ph,1) w(em,1) # f1:r(ph)->0 r(em)->1", "-+++++++++-"},
};

}  // namespace kasauti::tests
