// Peer (a), second step: a comment that stays one, as actions in JavaScript make it.
// It must not do more than find its comment by a mark, and write it.
import * as core from "@actions/core";
import { context, getOctokit } from "@actions/github";

const MARK = "<!-- sticky: harmonica -->";

async function main() {
  const octokit = getOctokit(core.getInput("token", { required: true }));
  const { issues } = octokit.rest;
  const body = `${core.getInput("message", { required: true })}\n${MARK}`;
  const { repo, issue } = context;
  const place = { ...repo, issue_number: issue.number };
  const comments = await octokit.paginate(issues.listComments, { ...place, per_page: 100 });
  const previous = comments.find((comment) => comment.body?.includes(MARK));
  const { data } = previous
    ? await issues.updateComment({ ...repo, comment_id: previous.id, body })
    : await issues.createComment({ ...place, body });
  core.setOutput("comment_id", data.id);
}

main().catch((error) => core.setFailed(error.message));
