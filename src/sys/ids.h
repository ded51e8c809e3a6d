/* ids: 64-bit ids given by the application, so that both engines and several nodes agree.
 *
 * 41 bits of milliseconds since 2026-01-01, 10 bits of node, 12 bits of sequence: sortable by
 * time, unique without asking the database. The node number is random per process unless set.
 */
#ifndef YZ_SYS_IDS_H
#define YZ_SYS_IDS_H

#include <stdint.h>

int64_t id_next(void);
void id_set_node(unsigned node); /* 0..1023 */

#endif
