/* explore: a model of one case, and the search through every state that it can reach.
 *
 * Driven by the SAME tables as the program. explore_model.c is the state and what acts do to it,
 * explore_moves.c who may do what next, explore_search.c the set of states and the ways between them;
 * the invariants, and which runs there are, stand in test_explore.c.
 *
 * The model keeps what the tables' guards are about, and nothing of rows and dates: time is what may
 * happen next (a limit passes, a day comes). The three items are a permit that may have special
 * procedure, hearing and extension; one that may have inspection and a promised material; a filing. All
 * may be corrected together. An officer first looks and then acts on the version seen; whoever acts
 * makes all other looks stale; a crash loses every look. */
#ifndef YZ_TESTS_EXPLORE_H
#define YZ_TESTS_EXPLORE_H

#include "domain/case/case.h"
#include "domain/case/visit.h"
#include "domain/law/timer.h"

enum { N = 3, OFFICERS = 2 * N, RECEIVER = 1, SLOTS = 2 };
enum correction { NO_NOTICE, DRAFT, ISSUED, CLOSED };
enum promise { NO_PROMISE, PROMISED, OVERDUE, KEPT };

struct one { unsigned char state, clock, holder, silence, asked; };
struct model {
    struct one item[N];
    unsigned char correction, answer_overdue;
    /* item 0 */
    unsigned char special, hearing, window_over, hearing_day, extended, limit_passed;
    /* item 1 */
    unsigned char inspection, visit, agreed, visit_day, recorder, promise, collected;
    unsigned char issued;
    unsigned char looker[SLOTS], fresh[SLOTS]; /* officer + 1; 0 = free */
};
enum special { RUNNING, TESTING, HEARING };

/* What a run has. */
enum { STOPS = 1, VISITS = 2, NOTICES = 4, RACES = 8 };
extern unsigned features;
enum asked { SILENT, SPOKE, ANSWERED };

/* ---- explore_model.c ---- */
/* The state's fields, bit by bit: equal states have equal keys. */
void model_pack(const struct model *m, uint64_t key[2]);
struct model model_start(void);
/* Nothing is left to do. */
bool model_over(const struct model *m);
/* Hearing rights are used, waived or past. */
bool model_hearing_settled(const struct model *m);
size_t model_in_state(const struct model *m, enum item_state s);
/* The gathered correction leaves; forced: the last day has come. */
void model_send_notice(struct model *m, bool forced);
/* One act on an item by somebody (officer, or -1: applicant or clock); choice: the result of an
 * inspection. False: refused. */
bool model_act(struct model *m, int i, enum act act, unsigned by, int officer, int choice);

/* ---- explore_search.c ---- */
struct set { struct model *states; uint32_t *slots; size_t n, cap, size; };
/* edges: pairs of states, from and to; kept only when asked for. */
struct explorer { struct set *set; size_t steps; bool keep; uint32_t from, *edges; size_t cap; };
/* A step leads to this state. */
void explorer_reached(struct explorer *x, const struct model *m);
/* Every state that can be reached with these features; the test fails when `broken` is set. */
void explorer_run(struct explorer *x, unsigned with);
/* The index of a state from which no end can be reached, or -1; ends: how many states are ends.
 * Needs the edges. */
long explorer_find_trap(const struct explorer *x, size_t *ends);
void explorer_free(struct explorer *x);

/* ---- explore_moves.c ---- */
/* All steps out of a state. looks: officers look first, and act later on what they saw. */
void model_moves(struct explorer *x, const struct model *m, bool looks);

/* ---- test_explore.c: the invariants ---- */
extern const char *broken; /* the first one that did not hold */
void must(bool holds, const char *what);
void check_model(const struct model *m);
/* What a decision must not overlook. */
void check_decision(const struct model *m, int i, int officer, enum item_state from,
                    enum item_state to);

#endif
