package jenkins.slaves

/** Where Jenkins makes the secret of an agent from the agent's name. */
class JnlpAgentReceiver {
    static final Map SLAVE_SECRET = [mac: { String name -> "secret of $name" as String }].asImmutable()
}
