package hudson.model

/** What a build came to, by the name that Jenkins has for it. */
enum Result {
    SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED
}
