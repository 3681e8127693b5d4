import hudson.model.Result

/** A step has failed, or the build was aborted while it ran. */
class Ended extends RuntimeException {
    final Result result

    Ended(Result result, String why) {
        super(why)
        this.result = result
    }
}

/** What a build sees: parameters, the environment, files, and what has been bound for the moment. */
class Surroundings {
    final Map<String, String> params = [:]
    final Map<String, String> environment
    final Map<String, String> files
    /** Variable to value, of the bindings that are open. */
    final Map<String, String> bound = [:]
    final List<String> credentials = []

    Surroundings(Map scenario) {
        environment = [:] + (scenario.env ?: [:])
        files = [:] + (scenario.files ?: [:])
    }

    String value(String name) {
        [bound, params, environment].findResult { it[name] }
    }
}

/** `env`: a variable that is not set is null. */
class Env {
    private final Surroundings around

    Env(Surroundings around) {
        this.around = around
    }

    def getProperty(String name) {
        around.value(name)
    }
}

/** The steps that these pipelines use; any other is an error. Each call is written down. */
class Steps {
    static final Set<String> PLAIN = [
        'cleanWs', 'checkout', 'junit', 'recordCoverage', 'archiveArtifacts', 'copyArtifacts', 'echo',
    ] as Set
    /** Parts of other steps. */
    static final Set<String> PARTS = ['scmGit', 'upstream', 'usernamePassword', 'string', 'file'] as Set

    final Surroundings around
    final Map scenario
    final List<Map> events
    String where = ''
    int limits = 0

    Steps(Surroundings around, Map scenario, List<Map> events) {
        this.around = around
        this.scenario = scenario
        this.events = events
    }

    static Object told(Object value) {
        if (value instanceof Map) {
            return value.collectEntries { k, v -> [(k as String): told(v)] }
        }
        if (value instanceof List) {
            return value.collect { told(it) }
        }
        value == null || value instanceof Number || value instanceof Boolean ? value : value.toString()
    }

    void note(String name, Object told) {
        events << [
            kind: 'step', name: name, where: where, arguments: Steps.told(told),
            credentials: [] + around.credentials, limited: limits > 0,
        ]
    }

    def run(Closure body) {
        body.delegate = this
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
    }

    def propertyMissing(String name) {
        switch (name) {
            case 'params': return around.params
            case 'env': return new Env(around)
        }
        def value = around.value(name)
        if (value == null) {
            throw new MissingPropertyException(name, Steps)
        }
        value
    }

    def sh(Object script) {
        String text = script instanceof Map ? script.script : script
        note('sh', text)
        scenario.makes?.each { pattern, paths -> if (text =~ pattern) { paths.each { around.files[it] = '{}' } } }
        if (script instanceof Map && script.returnStatus) {
            return scenario.fails && text =~ scenario.fails ? 1 : 0
        }
        if (scenario.aborts && text =~ scenario.aborts) {
            throw new Ended(Result.ABORTED, text)
        }
        if (scenario.fails && text =~ scenario.fails) {
            throw new Ended(Result.FAILURE, text)
        }
        null
    }

    String readFile(String path) {
        if (!(path in around.files)) {
            throw new Ended(Result.FAILURE, "$path is not there")
        }
        around.files[path]
    }

    boolean fileExists(String path) {
        path in around.files
    }

    void script(Closure body) {
        run(body)
    }

    void timeout(Map limit, Closure body) {
        note('timeout', limit)
        limits++
        try {
            run(body)
        } finally {
            limits--
        }
    }

    void withCredentials(List<Map> bindings, Closure body) {
        note('withCredentials', bindings)
        def before = [:] + around.bound
        bindings.each { binding ->
            around.credentials << (binding.credentialsId as String)
            ['variable', 'usernameVariable', 'passwordVariable'].findAll { binding[it] }.each {
                around.bound[binding[it]] = "<secret of $binding.credentialsId>" as String
            }
        }
        try {
            run(body)
        } finally {
            around.bound.clear()
            around.bound.putAll(before)
            bindings.each { around.credentials.remove(around.credentials.size() - 1) }
        }
    }

    def methodMissing(String name, Object arguments) {
        def given = arguments.size() == 1 ? arguments[0] : (arguments as List)
        if (name in PARTS) {
            return [symbol: name] + (given instanceof Map ? given : [:])
        }
        if (!(name in PLAIN)) {
            throw new MissingMethodException(name, Steps, arguments)
        }
        note(name, given)
        null
    }
}

/** A block whose calls are only written down: options, parameters, triggers, agent. */
class Listed {
    final List<Map> calls = []
    final Surroundings around

    Listed(Surroundings around) {
        this.around = around
    }

    static List<Map> of(Surroundings around, Closure body) {
        def listed = new Listed(around)
        body.delegate = listed
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
        listed.calls
    }

    def propertyMissing(String name) {
        if (name == 'env') {
            return new Env(around)
        }
        throw new MissingPropertyException(name, Listed)
    }

    def methodMissing(String name, Object arguments) {
        def given = arguments.size() == 1 ? arguments[0] : (arguments as List)
        def call = [name: name, arguments: given instanceof Map || given instanceof String ? Steps.told(given) : null]
        calls << call
        given instanceof Map ? call : name
    }
}

/** `environment`: names to values. */
class Variables {
    final Map<String, Object> values = [:]

    void setProperty(String name, Object value) {
        values[name] = value
    }

    def credentials(String id) {
        "<secret of $id>" as String
    }
}

/** What stands in a block of blocks, by name. */
class Blocks {
    final Map<String, Closure> named = [:]
    final List<List> stages = []

    static Blocks of(Closure body) {
        def blocks = new Blocks()
        body.delegate = blocks
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
        blocks
    }

    def methodMissing(String name, Object arguments) {
        if (name == 'stage') {
            stages << [arguments[0], Blocks.of(arguments[1])]
        } else {
            named[name] = arguments[0]
        }
        null
    }
}

/** One build of one Jenkinsfile, as Jenkins goes through it. */
class Build {
    private final Map scenario
    private final List<Map> events = []
    private final Surroundings around
    private final Steps steps
    private final Map structure = [:]
    private Result result = Result.SUCCESS

    Build(Map scenario) {
        this.scenario = scenario
        around = new Surroundings(scenario)
        steps = new Steps(around, scenario, events)
    }

    Map outcome() {
        [events: events, structure: structure, result: result.name()]
    }

    void pipeline(Closure body) {
        def blocks = Blocks.of(body)
        def named = blocks.named
        structure.directives = named.keySet() as List
        ['agent', 'options', 'parameters', 'triggers'].each {
            structure[it] = named[it] ? Listed.of(around, named[it]) : []
        }
        structure.parameters.findAll { it.name == 'choice' }.each {
            it.arguments.defaultValue = it.arguments.choices.first()
        }
        structure.parameters.each { around.params[it.arguments.name] = it.arguments.defaultValue }
        around.params.putAll(scenario.params ?: [:])
        around.environment.putAll(structure.environment = variables(named.environment))
        def stages = Blocks.of(named.stages).stages
        structure.stages = stages.collect { name, stage ->
            [name: name, directives: stage.named.keySet() as List, options: stage.named.options ? Listed.of(around, stage.named.options) : []]
        }
        stages.eachWithIndex { entry, index ->
            stage(entry[0], entry[1].named, structure.stages[index].options)
        }
        post(named.post, 'post')
    }

    private Map variables(Closure body) {
        def variables = new Variables()
        if (body) {
            body.delegate = variables
            body.resolveStrategy = Closure.DELEGATE_ONLY
            body()
        }
        variables.values.collectEntries { k, v -> [(k): v as String] }
    }

    private void stage(String name, Map<String, Closure> parts, List<Map> options) {
        if (result != Result.SUCCESS) {
            events << [kind: 'skipped', name: name, because: 'failed']
            return
        }
        steps.where = name
        def limited = options.any { it.name == 'timeout' } || structure.options.any { it.name == 'timeout' }
        steps.limits = limited ? 1 : 0
        attempt {
            if (parts.when && !holds(parts.when)) {
                events << [kind: 'skipped', name: name, because: 'when']
            } else {
                events << [kind: 'stage', name: name]
                steps.run(parts.steps)
            }
        }
        post(parts.post, name)
        steps.limits = 0
    }

    private boolean holds(Closure when) {
        Blocks.of(when).named.every { name, body ->
            if (name != 'expression') {
                throw new MissingMethodException(name, Build, [] as Object[])
            }
            steps.run(body)
        }
    }

    private void post(Closure body, String where) {
        if (!body) {
            return
        }
        def conditions = Blocks.of(body).named
        if (where == 'post') {
            structure.post = conditions.keySet() as List
        }
        // The order in which Jenkins goes through them, whatever theirs in the file.
        ['always', 'aborted', 'failure', 'success', 'unsuccessful', 'cleanup'].each { condition ->
            def due = condition in ['always', 'cleanup'] ||
                (condition == 'aborted' && result == Result.ABORTED) ||
                (condition == 'failure' && result == Result.FAILURE) ||
                (condition == 'success' && result == Result.SUCCESS) ||
                (condition == 'unsuccessful' && result != Result.SUCCESS)
            if (conditions[condition] && due) {
                steps.where = "$where: $condition" as String
                attempt { steps.run(conditions[condition]) }
            }
        }
    }

    private void attempt(Closure body) {
        try {
            body()
        } catch (Ended ended) {
            events << [kind: 'ended', name: ended.message, where: steps.where]
            result = result == Result.SUCCESS ? ended.result : result
        }
    }
}
