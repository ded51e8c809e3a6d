/* voice: what people ask the hall (R4.4), and what they say when their case is over (R8.4 好差评).
 *
 * A question goes to the hall of a region; whoever asked with an account is told the answer, and the hall
 * may make question and answer public, without the asker. What is asked at the counter or by telephone
 * is written down the same way, with its answer. A case that has come to its end is rated once, by its
 * applicant; one or two stars wait for a reply of the bureau, which the applicant is told.
 */
#ifndef YZ_SERVICE_VOICE_H
#define YZ_SERVICE_VOICE_H

#include "service/app.h"
#include "store/voice_store.h"

enum { QUESTION_MAX = 500, ANSWER_MAX = 2000, OPEN_QUESTIONS_MAX = 5, NOTE_MAX = 500, LOW_STARS = 2 };

struct question_input { struct sv region, industry, channel, name, phone, question, answer; };

/* Online by an applicant (name and phone are the account's); by telephone or at the window by a clerk or
 * the bureau, who may write the answer down with it. */
int consultation_ask(struct app *app, const struct command *cmd, const struct question_input *in,
                     int64_t *id, struct err *e);
/* By a clerk or the bureau whose region covers it; guarded by the version seen. Answered again, it is
 * corrected, and the asker told again. */
int consultation_reply(struct app *app, const struct command *cmd, int64_t id, struct sv answer,
                       bool open_to_all, struct err *e);
/* For whoever asked, and for halls that it concerns. */
int consultation_open(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                      struct consultation_row *out, struct err *e);
bool consultation_concerns(const struct app *app, const struct actor *actor,
                           const struct consultation_row *row);

struct rating_tag { const char *code, *text; bool good; };
extern const struct rating_tag RATING_TAGS[];
extern const size_t RATING_N_TAGS;
const char *rating_word(int64_t stars); /* 非常满意 … 非常不满意 */

/* tags: array of codes. Once, by the applicant of a case that is over. */
int rating_give(struct app *app, const struct command *cmd, int64_t case_id, int64_t stars,
                const json_t *tags, struct sv note, struct err *e);
int rating_answer(struct app *app, const struct command *cmd, int64_t case_id, struct sv reply,
                  struct err *e);

#endif
