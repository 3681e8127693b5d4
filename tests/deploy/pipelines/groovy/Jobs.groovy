import groovy.xml.XmlUtil

/** The few words of Job DSL that jobs.groovy uses; each job is written down. */
class Jobs {
    final List<Map> jobs = []

    static List<Map> of(String text, Map variables) {
        def jobs = new Jobs()
        Script script = new GroovyShell(Jobs.classLoader, new Binding(variables)).parse(text, 'jobs.groovy')
        script.metaClass.pipelineJob = { String name, Closure body -> jobs.job(name, body) }
        script.run()
        jobs.jobs
    }

    void job(String name, Closure body) {
        def job = new Job(name)
        job.fill(body)
        jobs << [name: name, words: job.words, config: XmlUtil.serialize(job.project)]
    }
}

/** One job: words with their last values, and the XML that `configure` changes. */
class Job {
    static final Set<String> BLOCKS = ['definition', 'cpsScm', 'scm', 'git', 'remote'] as Set
    static final Set<String> WORDS = [
        'description', 'url', 'credentials', 'branch', 'scriptPath', 'lightweight',
    ] as Set

    final Map words = [:]
    final Node project = new Node(null, 'flow-definition')

    Job(String name) {
        words.name = name
    }

    void fill(Closure body) {
        body.delegate = this
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body()
    }

    void configure(Closure change) {
        change.delegate = new NodeBuilder()
        change.resolveStrategy = Closure.DELEGATE_FIRST
        use(Paths) {
            change(project)
        }
    }

    def methodMissing(String name, Object arguments) {
        if (name in BLOCKS) {
            fill(arguments[0])
        } else if (name in WORDS) {
            words[name] = arguments[0] instanceof Boolean ? arguments[0] : arguments[0].toString()
        } else {
            throw new MissingMethodException(name, Job, arguments)
        }
        null
    }
}

/** `node / 'child'` finds or makes a child, `node << child` adds one. */
class Paths {
    static Node div(Node node, String name) {
        (Node) node.children().find { it instanceof Node && it.name() == name } ?: new Node(node, name)
    }

    static Node leftShift(Node node, Node child) {
        node.append(child)
        node
    }
}
