/* xml: reading a piece of XML that came from outside, node by node.
 *
 * No network, no document type, no entities of its own, no more depth than libxml2 allows (256):
 * whatever is else is bad, and the caller says so once.
 */
#ifndef YZ_BASE_XML_H
#define YZ_BASE_XML_H

#include "base/arena.h"

/* A part under reading. Stops at the first thing wrong and remembers it. */
struct part {
    struct _xmlTextReader *xml;
    const char *name; /* in problems */
    bool bad;         /* not well-formed, or has a document type */
};

bool part_open(struct part *p, struct sv bytes, const char *name);
void part_close(struct part *p);
/* Next node: true when there is one. */
bool part_next(struct part *p);
/* Are we at the start (or end) of an element of this local name? */
bool part_at(const struct part *p, const char *name);
bool part_ends(const struct part *p, const char *name);
/* An attribute by its local name; "" when absent. On a. */
struct sv part_attribute(const struct part *p, const char *name, struct arena *a);
/* The text directly inside the present element (nothing of elements in it), at most cap bytes, else
 * bad. Moves to its end. On a. */
struct sv part_value(struct part *p, size_t cap, struct arena *a);

#endif
