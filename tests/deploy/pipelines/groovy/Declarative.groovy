import org.codehaus.groovy.ast.builder.AstBuilder
import org.codehaus.groovy.ast.expr.ArgumentListExpression
import org.codehaus.groovy.ast.expr.BinaryExpression
import org.codehaus.groovy.ast.expr.ClosureExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.ast.stmt.BlockStatement
import org.codehaus.groovy.ast.stmt.ExpressionStatement
import org.codehaus.groovy.ast.stmt.Statement
import org.codehaus.groovy.control.CompilePhase

/**
 * Whether a Jenkinsfile has the form of a declarative pipeline: blocks of calls, and Groovy's own
 * statements only where Jenkins takes them. A stub would run anything that is Groovy.
 */
class Declarative {
    /** What a block may hold; blocks that are not named hold calls of steps. */
    static final Map<String, Set<String>> INSIDE = [
        pipeline: ['agent', 'options', 'parameters', 'environment', 'triggers', 'stages', 'post'] as Set,
        stages: ['stage'] as Set,
        stage: ['options', 'when', 'environment', 'steps', 'post', 'agent'] as Set,
        post: ['always', 'success', 'failure', 'unsuccessful', 'unstable', 'aborted', 'cleanup'] as Set,
        when: ['expression'] as Set,
        agent: ['label'] as Set,
    ]
    static final Set<String> FREE = ['script', 'expression'] as Set

    final List<String> problems = []

    static List<String> problemsOf(String text) {
        def form = new Declarative()
        BlockStatement script = new AstBuilder().buildFromString(CompilePhase.CONVERSION, false, text)[0]
        def calls = script.statements.collect { form.callOf(it, 'the file') }
        if (calls*.methodAsString != ['pipeline']) {
            form.problems << 'The file holds more than one pipeline block.'
        }
        calls.findAll().each { form.block(it) }
        form.problems
    }

    private void block(MethodCallExpression outer) {
        String name = outer.methodAsString
        if (name in FREE) {
            return
        }
        body(outer)?.each { Statement statement ->
            if (name == 'environment') {
                assigned(statement)
                return
            }
            def inner = callOf(statement, name)
            if (inner && INSIDE[name] && !(inner.methodAsString in INSIDE[name])) {
                problems << ("$inner.methodAsString stands in $name." as String)
            }
            if (inner) {
                block(inner)
            }
        }
    }

    private List<Statement> body(MethodCallExpression call) {
        def arguments = call.arguments
        def last = arguments instanceof ArgumentListExpression && arguments.expressions ?
            arguments.expressions.last() : null
        last instanceof ClosureExpression ? ((BlockStatement) last.code).statements : null
    }

    private MethodCallExpression callOf(Statement statement, String where) {
        def expression = statement instanceof ExpressionStatement ? statement.expression : null
        if (expression instanceof MethodCallExpression && expression.implicitThis) {
            return expression
        }
        problems << ("Line $statement.lineNumber of $where is no call; Groovy belongs in script." as String)
        null
    }

    private void assigned(Statement statement) {
        def expression = statement instanceof ExpressionStatement ? statement.expression : null
        if (!(expression instanceof BinaryExpression && expression.operation.text == '=')) {
            problems << ("Line $statement.lineNumber of environment sets no variable." as String)
        }
    }
}
