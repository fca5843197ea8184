#include "job/mention_journal.h"

#include "discovery/job_identity.h"

namespace pghaul::job {

void mention_journal(const journal::Journal::Header& earlier, bool follows, discovery::Discovery& found) {
  for (plan::Finding& finding : found.findings) {
    if (finding.code != "target_not_empty") continue;
    finding.message += earlier.is_live() ? "; a live copy is in it" : "; an unfinished copy is in it";
    if (earlier.opened()) {
      finding.message += ", which an application has been let into: what it wrote since would be lost";
    }
    finding.hint = "to continue that copy: --resume; " + finding.hint;
  }
  const bool takes_over = follows && earlier.source == discovery::identity_of(found.source.server);
  if (!earlier.is_live() || takes_over) return;
  found.findings.push_back({plan::Finding::Severity::warning, "live_slot_left", "",
                            "the target holds a live copy of " + earlier.source_description +
                                ", which keeps a replication slot for it: that would fill its disk",
                            "remove it, before or after this copy: pghaul abandon SOURCE TARGET"});
}

}  // namespace pghaul::job
