/* flow: the flow chart 办理流程图 of a set of permits, as a graph (R2.3). Pure; src/doc draws it.
 *
 * Every permit is a branch, with its own column from review to decision; permits of one
 * department stand together, those without a visit before the decision first, so that the joint
 * visit spans neighbouring columns. Stages follow each other downwards; a node is in exactly one
 * stage and spans branches first .. first + n - 1. Waiting (correction, procedures and hearings
 * that the law does not count) are nodes of their own. The critical path is that of the branch
 * with the most promised days: from the first node to the last every stage of it is marked.
 */
#ifndef YZ_DOMAIN_CATALOG_FLOW_H
#define YZ_DOMAIN_CATALOG_FLOW_H

#include "domain/catalog/guide.h"

enum flow_stage { FLOW_TOLD, FLOW_APPLY, FLOW_CORRECT, FLOW_RECEIVE, FLOW_ACCEPT, FLOW_SEAT,
                  FLOW_REVIEW, FLOW_VISIT, FLOW_WAIT, FLOW_DECIDE, FLOW_ISSUE, FLOW_DELIVER,
                  FLOW_AFTER, FLOW_STAGES };
enum flow_lane { LANE_APPLICANT, LANE_WINDOW, LANE_DEPARTMENTS, LANE_VISIT, LANE_ISSUE, LANES };

struct flow_branch {
    const struct permit_type *permit;
    const struct department *department; /* who decides in the region; may be NULL */
    bool visit;                          /* an inspection before the decision */
    bool critical;                       /* the longest */
};

struct flow_node {
    enum flow_stage stage;
    enum flow_lane lane;
    size_t first, n;     /* branches; all of them for what is common */
    struct sv title, text;
    struct sv time;      /* "受理后5个工作日"; "" none */
    int64_t days;        /* working days at most, -1: not limited or not counted */
    bool wait;           /* a waiting point */
    bool critical;
};

struct flow_edge { size_t from, to; bool wait /* there and back */, critical; };

struct flow_chart {
    const struct industry *industry;
    struct flow_branch *branches; size_t n_branches;
    struct flow_node *nodes; size_t n_nodes;
    struct flow_edge *edges; size_t n_edges;
    int64_t critical_days;               /* from acceptance to the decision */
    struct sv summary;                   /* a sentence about the longest branch */
    struct sv notes[4]; size_t n_notes;
};

/* Text borrows from the catalogue and a. Without permits the chart has no nodes. */
void flow_build(const struct industry *ind, const struct permit_type **permits, size_t n,
                struct sv region, struct arena *a, struct flow_chart *out);

const char *flow_lane_text(enum flow_lane l); /* 申请人 … */
/* The chart as numbered sentences, for those who do not see pictures; on a. */
struct sv flow_to_text(const struct flow_chart *f, struct arena *a);

#endif
