# Plays Logstash's event for ecs.rb: nested fields by reference, metadata beside them, tags. Reads a
# JSON array of events from standard input, and writes what the script named first made of them.
require "json"

class Event
  def initialize(fields)
    @metadata = fields.delete("@metadata") || {}
    @fields = fields
  end

  def get(reference)
    walk(steps(reference)) { |place, last| place.is_a?(Hash) ? place[last] : nil }
  end

  # As in Logstash, nothing can be put below a value that is no object.
  def set(reference, value)
    path = steps(reference)
    place = root(path)
    path[0...-1].each do |step|
      place = place[step] ||= {}
      raise "cannot set #{reference} below #{place.inspect}" unless place.is_a?(Hash)
    end
    place[path.last] = value
  end

  def remove(reference)
    walk(steps(reference)) { |place, last| place.is_a?(Hash) ? place.delete(last) : nil }
  end

  def tag(name)
    @fields["tags"] = (@fields["tags"] || []) | [name]
  end

  def to_hash
    Marshal.load(Marshal.dump(@fields))
  end

  def outcome
    @fields.merge("@metadata" => @metadata)
  end

  private

  # "[a][b]" is a within b, and "a.b" is a field of that very name.
  def steps(reference)
    raise "#{reference} is no reference" unless reference.match?(/\A(?:\[[^\[\]]+\])+\z|\A[^\[\]]+\z/)

    reference.start_with?("[") ? reference.scan(/\[([^\[\]]+)\]/).flatten : [reference]
  end

  def root(path)
    return @fields unless path.first == "@metadata"

    path.shift
    @metadata
  end

  def walk(path)
    place = root(path)
    path[0...-1].each { |step| place = place.is_a?(Hash) ? place[step] : nil }
    yield place, path.last
  end
end

# The plugin evaluates a script within an object, and gives it one event after another.
path = ARGV.fetch(0)
context = Object.new
context.instance_eval(File.read(path), path)
context.register({})
made = JSON.parse($stdin.read).map do |fields|
  event = Event.new(fields)
  begin
    results = context.filter(event)
    raise "no list of events" unless results == [event]
  rescue StandardError => e
    event.tag("_rubyexception")
    warn e.full_message(highlight: false)
  end
  event.outcome
end
puts JSON.generate(made)
